"""What must happen when something is written; `write_path` says in which order."""
