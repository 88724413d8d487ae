"""Pages for visitors.

Each sub-package answers requests in its `views.py`; its other modules prepare what templates show.

- pages: `home`, `browse` (the list of sites), `site`, `vocabularies` (eras, kinds, places),
  `years`, `world_heritage`, `journey` (a route through sites), `trust` (sources, disagreements),
  `about` (texts, credits), `corrections`, `data` (downloads), and `style_guide` in debug mode
- `media`: pictures, covers, maps and link previews; `iiif`: manifests and pictures in parts;
  `feeds`: Atom, sitemaps, robots.txt
- `shared`: what several pages show or need: cards, charts, the scale of time, HTML of translated
  text, meta tags, answers
- `operations`: middleware, health checks, error pages

No other package imports this one, with two exceptions: `heritage/background.py` makes link
previews, and template tags (`heritage/templatetags`) use `shared`.
"""
