"""What leaves the vault: masks and marks burned into fresh pixels, images encoded, documents set."""
