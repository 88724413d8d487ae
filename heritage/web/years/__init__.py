"""Pages of single years: what stood then, what of it is left, and who ruled."""
