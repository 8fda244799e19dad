"""Lantai 兰台: the archive itself, and its desk."""
