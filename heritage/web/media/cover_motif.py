"""What is drawn for a site: a scene where its kind has one that is true there, else nothing.

A drawing at the head of a page is a claim. Of a place that is only known to be cultural or natural
nothing is claimed, and at a place of suffering a pleasant scene would be an affront: both get a
plain plate with their name.
"""

from heritage.models import Site

_EAST_ASIA = frozenset({"CN", "HK", "JP", "KP", "KR", "MO", "TW", "VN"})
# Halls with swung roofs and the like: elsewhere they would be untrue.
_CHINESE = frozenset({
    "default", "temple", "pagoda", "pagoda-forest", "hall", "city-wall", "pass", "gate",
    "academy", "observatory", "garden", "town", "archaeological", "canal", "tomb", "granary",
    "kiln", "road", "grotto"
})  # fmt: skip
# Drawings of kinds that say too little to be drawn.
_BROAD = frozenset({"", "default", "nature"})


def silhouette(site: Site, country: str) -> str:
    """The key of a drawing, the same each time for the same record; empty for a plain plate."""
    if site.cover == Site.Cover.PLAIN:
        return ""
    for kind in site.kinds.all():
        known = kind.silhouette
        if known not in _BROAD and (known not in _CHINESE or country in _EAST_ASIA or not country):
            return known
    return ""
