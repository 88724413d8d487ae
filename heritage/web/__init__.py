"""Pages for visitors.

Each sub-package has its requests answered in `views.py`; its other modules prepare what templates
show.

- pages: `home`, `browse` (the list of sites), `site`, `vocabularies` (eras, kinds, places),
  `years`, `world_heritage`, `journey` (a route through sites), `trust` (sources, disagreements),
  `about` (texts, credits), `corrections`, `data` (downloads), and `style_guide` in debug mode
- `media`: pictures, covers, maps and link previews; `iiif`: manifests and pictures in parts;
  `feeds`: Atom, sitemaps, robots.txt
- `shared`: what several pages show or need: cards, charts, the scale of time, HTML of translated
  text, meta tags, answers
- `operations`: middleware, health checks, error pages

No other package imports this one, but that `heritage/background.py` has link previews made; tags of
templates (`heritage/templatetags`) use `shared`.
"""
