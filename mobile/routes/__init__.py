"""The phone's addresses, one file a feature."""
