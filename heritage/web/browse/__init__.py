"""The list of sites: what its query says (`listing.py`) and how sites are displayed."""
