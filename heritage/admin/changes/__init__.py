"""The history of records, and the pages that undo changes and restore records."""
