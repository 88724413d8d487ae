"""Values of the catalogue, and how they are read, checked, compared and shown. No models.

Each module is public by itself and imported as such (`from heritage.values.edtf import parse`):

- dates: `edtf` (parsed, validated, bounded), `date_parser` (as editors write them), `date_format`
  (in words), `date_words`, `years` (astronomical and historical), `weekdays`
- places: `coordinates`, `point_reader` (as pasted), `boundaries` (GeoJSON), `distances` (in words)
- texts: `language` (language maps and fallbacks), `normalize` (folded, romanised, words
  of the full text), `tokens` (queries of it), `sentences`, `html` (Markdown, fragments)
- addresses: `web_address`, `query_strings` (of links to lists)
- others: `patterns` (of identifiers), `svg_paths`

What they return never changes. All functions are pure but for the active language. `reign_years`
serves `date_parser`, and tells the years of reigns that a year is.
"""
