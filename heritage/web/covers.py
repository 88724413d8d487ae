"""Which cover is drawn for a site: the record gives the building, the colours and the seal.

The drawings of halls, pagodas and towns are Chinese. Where a record says no more than
“cultural” or “natural”, or lies far from East Asia, a drawing that claims nothing is taken,
or one that the site's own name asks for.
"""

import hashlib
import re
from functools import lru_cache

from heritage.imaging.covers import draw_cover
from heritage.models import Era, Kind, Place, Site
from heritage.web.cards import first_beginning

# The last is the picture above the names of a link preview, see previews.py.
SHAPES = {"": (1200, 800), "square": (900, 900), "preview": (1200, 470)}
# Said of any era, so they tell nothing on a seal.
_IDLE = ("时代", "时期", "文化", "王朝")

_EAST_ASIA = frozenset({"CN", "HK", "JP", "KP", "KR", "MO", "TW", "VN"})
# Europe of the Latin church: its cathedrals, castles and palaces look like these drawings.
_LATIN_EUROPE = frozenset({
    "AD", "AT", "BA", "BE", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PL", "PT", "SE", "SI",
    "SK", "SM", "VA"
})  # fmt: skip
# Halls with swung roofs and the like: elsewhere they would be untrue.
_CHINESE = frozenset({
    "default", "temple", "pagoda", "pagoda-forest", "hall", "city-wall", "pass", "gate",
    "academy", "observatory", "garden", "town", "archaeological", "canal", "tomb", "granary",
    "kiln", "road", "grotto"
})  # fmt: skip
# A name that says what a place is, by the drawing that shows it truly.
_SAID_ANYWHERE = (
    ("forest", re.compile(r"\b(rain)?forests?\b", re.I)),
    ("reef", re.compile(r"\breefs?\b", re.I)),
    ("island", re.compile(r"\b(islands?|islas?|isle|atoll|archipelago)\b", re.I)),
    ("cave", re.compile(r"\b(caves?|karst)\b", re.I)),
    ("rock-art", re.compile(r"\b(rock (art|drawings|paintings|carvings)|petroglyphs?)\b", re.I)),
    (
        "landscape",
        re.compile(r"\b(vineyards?|wine|rice terraces|agricultural|plantations)\b", re.I),
    ),
)
_SAID_IN_EUROPE = (
    ("church", re.compile(r"\b(cathedrals?|basilica|abbey|church)\b", re.I)),
    ("castle", re.compile(r"\b(castles?|wartburg)\b", re.I)),
    ("palace", re.compile(r"\b(palaces?|residence|residences)\b", re.I)),
    ("industrial", re.compile(r"\b(mines?|mining|industrial|ironworks|mills)\b", re.I)),
)
_NATURAL = ("nature", "hills")  # where nothing more is known
# The light of a latitude, where no era gives the colours.
_LIGHTS = (
    (50, ("snow", "lapis", "indigo", "dawn", "plum", "autumn")),
    (33, ("celadon", "autumn", "lapis", "ink", "plum", "dawn")),
    (18, ("ochre", "dawn", "bronze", "cinnabar", "indigo", "autumn")),
    (0, ("jade", "celadon", "cinnabar", "ochre", "dawn", "bronze")),
)


def cover(site: Site, shape: str = "") -> str:
    """The cover as SVG text."""
    event = first_beginning(site.events.all())
    era = event.first_era if event else None
    country = country_code(site.place)
    return _drawn(
        site.uid,
        silhouette(site, country),
        (era.palette if era else "") or _light(site),
        _seal(era, country),
        *SHAPES[shape],
    )


def kind_drawing(kind: Kind) -> str:
    """The drawing that stands for a kind, whatever the site."""
    shown = "hills" if kind.silhouette in ("", "default") else kind.silhouette
    return _drawn(kind.uid, shown, "", "", 600, 400)


@lru_cache(maxsize=1024)  # a few kB each, and always the same for the same record
def _drawn(seed: str, silhouette: str, palette: str, seal: str, width: int, height: int) -> str:
    return draw_cover(
        seed=seed, silhouette=silhouette, palette=palette, seal=seal, width=width, height=height
    )


def country_code(place: Place | None) -> str:
    """The code of the country that a site lies in, or an empty text."""
    while place is not None and place.level != Place.Level.COUNTRY:
        place = place.parent
    return place.code if place else ""


def silhouette(site: Site, country: str) -> str:
    """What its first kind looks like; a broad kind asks the name."""
    kind = next(iter(site.kinds.all()), None)
    known = kind.silhouette if kind else "default"
    is_broad = known in ("", "default", "nature")
    if not is_broad and (known not in _CHINESE or country in _EAST_ASIA or not country):
        return known
    name = site.name.get("en", "")
    patterns = _SAID_ANYWHERE + (_SAID_IN_EUROPE if country in _LATIN_EUROPE else ())
    for said, pattern in patterns:
        if is_broad and pattern.search(name):
            return said
    if known == "nature":
        return _by_seed(site.uid, _NATURAL)
    return "default" if country in _EAST_ASIA else "hills"


def _light(site: Site) -> str:
    if site.public_latitude is None:
        return ""
    distance = abs(site.public_latitude)
    lights = next(lights for least, lights in _LIGHTS if distance >= least)
    return _by_seed(f"{site.uid} light", lights)


def _by_seed(seed: str, choices: tuple[str, ...]) -> str:
    return choices[hashlib.sha256(seed.encode()).digest()[0] % len(choices)]


def _seal(era: Era | None, country: str) -> str:
    """The era in its own characters; where there is none, the letters of the country."""
    return (seal_characters(era) if era else "") or country


def seal_characters(era: Era) -> str:
    """The era in its own characters, without what every era is called."""
    text = era.short_label.get("zh-hans") or era.label.get("zh-hans") or ""
    for idle in _IDLE:
        text = text.removesuffix(idle) or text
    return text
