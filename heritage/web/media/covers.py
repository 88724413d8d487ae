"""The cover of a site: what is drawn is said by its record, the colours follow from it."""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.db.models import Prefetch

from heritage.cartography.globe import globe
from heritage.media.covers import palettes, scene_files
from heritage.media.covers.composer import LONGEST_SEAL, compose
from heritage.media.covers.plants import plants_of
from heritage.media.covers.plates import OnGlobe, Words, plate, solemn_plate
from heritage.media.covers.scene_files import LANDSCAPE, Scene
from heritage.media.covers.shapes import SHAPES, CoverShape
from heritage.models import Coverage, Era, Event, Kind, Place, Site, WorldHeritage
from heritage.models.covers import PLATE, SOLEMN
from heritage.models.events import first_beginning
from heritage.values.coordinates import Point
from heritage.values.language import LanguageMap

# Of an exact date: its year, and that of its end.
_YEARS = re.compile(r"(\d{4})(?:-\d\d)*(?:/(\d{4})(?:-\d\d)*)?")
_MOST_YEARS = 3  # on a solemn plate
# Said of any era, so they tell nothing on a seal.
_IDLE = ("时代", "时期", "文化", "王朝")


def with_covers(*also: str):
    """Sites with what their covers are made from, and other columns, in three queries."""
    fields = "uid", "state", "name", "place", "public_latitude", "public_longitude", "cover"
    return (
        Site.objects.only(*fields, "inscribed_year", *also)
        .select_related("place__parent__parent__parent")
        .prefetch_related(
            "kinds", Prefetch("events", Event.objects.select_related("first_era__region"))
        )
    )


def scene_of(site: Site) -> Scene | str:
    """The scene that a record asks for, itself or by its kinds; else PLATE or SOLEMN."""
    kinds = (kind.scene for kind in site.kinds.all() if kind.scene) if not site.cover else ()
    asked = site.cover or next(iter(kinds), PLATE)
    if asked in (PLATE, SOLEMN):
        return asked
    try:
        return scene_files.scene(asked)
    except LookupError:  # check_catalogue tells of it
        return PLATE


def cover(site: Site, shape: CoverShape = SHAPES[""], *, is_named: bool = False) -> str:
    """The cover as SVG text; `is_named` where it stands alone and must say what it shows."""
    scene = scene_of(site)
    event = first_beginning(site.events.all())
    if isinstance(scene, str):
        return _plate(site, event, shape, is_solemn=scene == SOLEMN, is_named=is_named)
    era = event.first_era if event else None
    country = country_of(site.place)
    return _composed(
        scene.name,
        site.uid,
        _palettes(site, era),
        plants_of(country.code if country else "", _latitude(site)),
        _seal(era, country),
        shape,
        is_named,
    )


def described(site: Site, language: str) -> str:
    """What a cover shows, in words; of a plate nothing, as its words stand beside it."""
    scene = scene_of(site)
    return "" if isinstance(scene, str) else scene.title(language)


def kind_cover(kind: Kind) -> str:
    """The scene that stands for a kind, whatever the site; else a plate with its name."""
    shape = SHAPES[""]
    try:
        scene = scene_files.scene(kind.scene)
    except LookupError:
        return plate(Words(name_lines(kind.label)), seed=kind.uid, shape=shape)
    return _composed(scene.name, kind.uid, (), _SAMPLE_PLANTS, "", shape, False)


def scene_cover(name: str, shape: CoverShape = SHAPES[""]) -> str:
    """A scene by itself, to choose it. Raises LookupError where there is none."""
    scene = scene_files.scene(name)
    return _composed(scene.name, name, (), _SAMPLE_PLANTS, "", shape, True)


def landscape(seed: str, shape: CoverShape) -> str:
    """Hills and sky alone, for what is no single site."""
    return compose(LANDSCAPE, seed=seed, plants=_SAMPLE_PLANTS, shape=shape)


_SAMPLE_PLANTS = ("leafy", "reeds")


@lru_cache(maxsize=1024)  # a few kB each, and always the same for the same record
def _composed(
    name: str,
    seed: str,
    wanted: tuple[str, ...],
    plants: tuple[str, ...],
    seal: str,
    shape: CoverShape,
    is_named: bool,
) -> str:
    scene = scene_files.scene(name)
    return compose(
        scene,
        seed=seed,
        palettes=wanted,
        plants=plants,
        seal=seal,
        titles=scene.titles if is_named else None,
        shape=shape,
    )


def _plate(
    site: Site, event: Event | None, shape: CoverShape, *, is_solemn: bool, is_named: bool
) -> str:
    """The name in both scripts, where and when, and why it is World Heritage.

    A link preview has the name below its picture already.
    """
    lines = name_lines(site.name)
    land = country_of(site.place)
    words = Words(
        names=() if shape == SHAPES["preview"] else lines,
        where=name_lines(land.label) if land else (),
        when=_all_years(site) if is_solemn else _when(event),
        inscribed=str(site.inscribed_year or ""),
        criteria=() if is_solemn or not site.inscribed_year else _criteria(site),
    )
    titles = {code: str(site.name.best(code)) for code, _name in settings.LANGUAGES}
    shown = titles if is_named else None
    if is_solemn:
        return solemn_plate(words, titles=shown, shape=shape)
    era = event.first_era if event else None
    return plate(
        words,
        seed=site.uid,
        palettes=_palettes(site, era),
        globe=_globe(site),
        titles=shown,
        shape=shape,
    )


def _point(site: Site) -> Point | None:
    """The public point, or the centre of the town: on a globe they are the same."""
    if site.public_latitude is not None and site.public_longitude is not None:
        return site.public_latitude, site.public_longitude
    place = site.place
    while place is not None and place.centre is None:
        place = place.parent
    return place.centre if place else None


def _latitude(site: Site) -> float | None:
    point = _point(site)
    return point[0] if point else None


def _globe(site: Site) -> Callable[[int], OnGlobe] | None:
    point = _point(site)
    if point is None:
        return None

    def leaning(degrees: int) -> OnGlobe:
        found = globe(*point, degrees)
        return OnGlobe(found.land, *found.point, found.radius)

    return leaning


def _years(event: Event | None) -> list[str]:
    """Years of our era in figures, where the date of an event is exact."""
    years = _YEARS.fullmatch(event.date) if event else None
    return ["–".join(str(int(year)) for year in years.groups() if year)] if years else []


def _when(event: Event | None) -> list[str]:
    """The year of the beginning; its era where the year is not known."""
    era = event.first_era if event else None
    return _years(event) or (name_lines(era.label) if era else [])


def _all_years(site: Site) -> list[str]:
    """Of a place of memory: not what came first, but what happened there."""
    years = dict.fromkeys(year for event in site.events.all() for year in _years(event))
    return list(years)[-_MOST_YEARS:]


def _criteria(site: Site) -> list[str]:
    """The criteria, i to x, under which the property is inscribed that a site is."""
    found = WorldHeritage.objects.filter(
        criteria__isnull=False,
        designation__coverages__site=site,
        designation__coverages__extent=Coverage.Extent.WHOLE,
    )
    codes = found.order_by("criteria__order").values_list("criteria__code", flat=True)
    return list(dict.fromkeys(codes))


def name_lines(name: LanguageMap) -> list[str]:
    """The name in the languages of the interface, each text once; else as it is."""
    codes = [code for code, _name in settings.LANGUAGES]
    found = [name[code] for code in codes if name.get(code)] or [str(name.best())]
    return list(dict.fromkeys(text for text in found if text))


def country_of(place: Place | None) -> Place | None:
    while place is not None and place.level != Place.Level.COUNTRY:
        place = place.parent
    return place


def country_code(place: Place | None) -> str:
    """The code of the country that a site lies in, or an empty text."""
    country = country_of(place)
    return country.code if country else ""


def _palettes(site: Site, era: Era | None) -> tuple[str, ...]:
    """Those of the era; where it has none, those of the light."""
    return palettes.around(era.palette if era else "") or palettes.of_latitude(_latitude(site))


def _seal(era: Era | None, country: Place | None) -> str:
    """An era of the country itself, else the country, in Chinese if it is short; else its code."""
    names = []
    if era and (era.region == country or not (era.region or era.region_name)):
        names.append(seal_characters(era))
    if country:
        names.append(country.label.get("zh-hans", ""))
    short = (name for name in names if 0 < len(name) <= LONGEST_SEAL)
    return next(short, country.code if country else "")


def seal_characters(era: Era) -> str:
    """The era in its own characters, without what every era is called."""
    text = era.short_label.get("zh-hans") or era.label.get("zh-hans") or ""
    for idle in _IDLE:
        text = text.removesuffix(idle) or text
    return text
