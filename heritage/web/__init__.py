"""Pages for visitors.

Each sub-package has its requests answered in `views.py`; its other modules prepare what templates
show.

- pages: `home`, `browse` (the list of sites), `site`, `vocabularies` (eras, kinds, places),
  `world_heritage`, `about` (texts, credits), `corrections`, and `style_guide` in debug mode
- `media`: pictures, covers, maps and link previews; `feeds`: Atom, sitemaps, robots.txt
- `shared`: what several pages show or need: cards, charts, the scale of time, HTML of translated
  text, meta tags, answers
- `operations`: middleware, health checks, error pages

No other package imports this one; tags of templates (`heritage/templatetags`) use `shared`.
"""
