"""How a search text is answered: by its words, by filters recognised in it, or corrected."""
