"""Measures of speed: commands to be run by hand, never timed tests."""
