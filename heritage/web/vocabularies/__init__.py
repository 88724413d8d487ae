"""Pages of eras, kinds and places."""
