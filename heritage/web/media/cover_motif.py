"""What is drawn for a site: a scene where its kind has one that is true there, else nothing.

A drawing at the head of a page is a claim. Of a place that is only known to be cultural or natural
nothing is claimed, and at a place of suffering a pleasant scene would be an affront: both get a
plain plate with their name.
"""

from heritage.models import Site

# The scenes are of China; of other countries only these are as true.
_CHINA = frozenset({"CN", "HK", "MO", "TW", ""})
_ANYWHERE = frozenset({"reef", "island"})
# Of Europe: a castle or a palace of China looks otherwise.
_NOT_IN_CHINA = frozenset({"castle", "church", "palace", "monument", "ruin", "industrial"})
# Drawings of kinds that say too little to be drawn.
_BROAD = frozenset({"", "default", "nature"})


def silhouette(site: Site, country: str) -> str:
    """The key of a drawing, the same each time for the same record; empty for a plain plate."""
    if site.cover == Site.Cover.PLAIN:
        return ""
    for kind in site.kinds.all():
        known = kind.silhouette
        if known not in _BROAD and _is_true(known, country):
            return known
    return ""


def _is_true(drawing: str, country: str) -> bool:
    if country in _CHINA:
        return drawing not in _NOT_IN_CHINA
    return drawing in _ANYWHERE
