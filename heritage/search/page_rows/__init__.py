"""The rows that pages show, read by their keys in few queries."""
