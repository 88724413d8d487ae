"""Tests of the fixtures of the demo as a whole."""
