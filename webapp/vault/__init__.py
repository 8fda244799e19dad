"""Keys, envelope encryption, encrypted blobs and the blind index. Knows nothing of tables."""
