"""Pages about what the records rest on: all sources, and where sources differ."""
