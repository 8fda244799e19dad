"""Rules, value types and errors of the archive. Pure: standard library only; no clock, file or database."""
