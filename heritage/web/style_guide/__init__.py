"""The style guide, in debug mode."""
