"""Everything that follows from a write. `write_path` documents the order."""
