"""The form of a record: its base class, fields, widgets and rows, and concurrent edits."""
