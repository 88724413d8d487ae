"""Pages about the catalogue: its texts, sources, pictures, licences and software."""
