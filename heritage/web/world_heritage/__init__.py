"""The page of the World Heritage List."""
