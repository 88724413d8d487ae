"""Databases of releases, each made by that release, to be upgraded in tests: see make.py."""
