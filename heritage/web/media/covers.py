"""Chooses the cover of a site: scene, colours and seal follow from its record."""

import hashlib
from functools import lru_cache

from django.conf import settings

from heritage.media.covers.composer import draw_cover
from heritage.media.covers.plates import draw_plate
from heritage.models import Era, Kind, Place, Site
from heritage.models.events import first_beginning
from heritage.web.media.cover_motif import silhouette

# The last is the picture above the names of a link preview, see previews.py.
SHAPES = {"": (1200, 800), "square": (900, 900), "preview": (1200, 470)}
# Said of any era, so they tell nothing on a seal.
_IDLE = ("时代", "时期", "文化", "王朝")

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
    scene = silhouette(site, country)
    palette = (era.palette if era else "") or _light(site)
    if not scene:
        return _plate(site, shape, palette)
    return _drawn(
        site.uid,
        scene,
        palette,
        _seal(era, country),
        *SHAPES[shape],
    )


def _plate(site: Site, shape: str, palette: str) -> str:
    """The name in both scripts, the country and the year of inscription.

    A link preview has the name below its picture already.
    """
    width, height = SHAPES[shape]
    codes = [code for code, _name in settings.LANGUAGES]
    names = [site.name[code] for code in codes if site.name.get(code)] or [str(site.name.best())]
    land = country_of(site.place)
    words = [land.label[code] for code in codes if land and land.label.get(code)]
    line = [*words, str(site.inscribed_year or "")]
    return draw_plate(
        [] if shape == "preview" else list(dict.fromkeys(names)),
        " · ".join(dict.fromkeys(filter(None, line))),
        palette=palette,
        is_solemn=site.cover == Site.Cover.PLAIN,
        width=width,
        height=height,
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


def country_of(place: Place | None) -> Place | None:
    while place is not None and place.level != Place.Level.COUNTRY:
        place = place.parent
    return place


def country_code(place: Place | None) -> str:
    """The code of the country that a site lies in, or an empty text."""
    country = country_of(place)
    return country.code if country else ""


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
