"""Everything that a write brings with it; `write_path` documents the order."""
