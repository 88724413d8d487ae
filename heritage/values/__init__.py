"""Values of the catalogue, and how they are read, checked, compared and shown. No models.

Each module is public by itself and imported as such (`from heritage.values.edtf import parse`):

- dates: `edtf` (parsed, validated, bounded; astronomical and historical years), `date_parser` (as
  editors write them), `date_format` (in words), `date_words`, `weekdays`, `durations`, `time_zones`
- places: `coordinates` (points as pasted, boundaries as GeoJSON, distances)
- texts: `language` (language maps and fallbacks), `normalize` (folded, romanised, words
  of the full text), `tokens` (queries of it), `html` (Markdown, fragments), `cell_text` (of tables)
- addresses: `web_address`, `query_strings` (of links to lists)
- others: `patterns` (of identifiers), `svg_paths`, `progress` (of long work), `finding` (of checks)

What they return never changes. All functions are pure but for the active language. `reign_years`
serves `date_parser`, and tells the years of reigns that a year is.
"""
