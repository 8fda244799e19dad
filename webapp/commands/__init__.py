"""The console commands, one group a file. Each calls services as SYSTEM and prints plain lines."""
