"""The page of a site."""
