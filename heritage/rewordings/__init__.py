"""Formats and messages of Django and its packages that read otherwise here, by language."""
