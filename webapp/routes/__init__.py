"""The desk's addresses: what the archive's keepers do, one file a feature."""
