"""The cover of a site: its record or its kinds name the scene; the colours follow from eras and
latitude.

A cover is a tuple in which every choice is made. Equal tuples give equal SVG, so they are the keys
of its cache."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import get_language, override, pgettext

from heritage.cartography import globe_around, tile_files
from heritage.formats import tagged_path
from heritage.media.covers import (
    LANDSCAPE,
    LONGEST_SEAL,
    SHAPES,
    CoverShape,
    OnGlobe,
    PlateWords,
    Scene,
    choose_day_palette,
    choose_palette,
    choose_plant,
    clean_text,
    compose,
    palettes_around,
    palettes_of_latitude,
    plants_of,
    plate,
    scene_files,
    seal_letters,
    solemn_plate,
    tag_of,
    tag_of_scene,
)
from heritage.models import (
    IN_FORCE,
    PLATE,
    SOLEMN,
    WHOLE_STATUSES,
    Coverage,
    Era,
    Event,
    Image,
    Kind,
    Place,
    Register,
    Rendition,
    Site,
    SiteQuerySet,
    WorldHeritage,
    age_events,
    exact_dates,
    first_beginning,
    is_within,
)
from heritage.search import page_rows
from heritage.values.coordinates import Point
from heritage.values.date_format import ABOUT
from heritage.values.language import LanguageMap, interface_languages

_GLOBE = tile_files.VERSION  # of the data and the code that globes are drawn from


class SceneDrawing(NamedTuple):  # quickly made: a page has dozens
    """A scene in one palette, with one plant near it and a seal; the seed decides the rest."""

    scene: str
    seed: str
    palette: str
    plant: str = ""
    seal: str = ""

    @property
    def tag(self) -> str:
        plant = tag_of_scene(f"plants/{self.plant}") if self.plant else ""
        return tag_of(self, tag_of_scene(self.scene), plant)

    def svg(self, shape: CoverShape, titles: Mapping[str, str] | None = None) -> str:
        return compose(
            scene_files.scene(self.scene),
            seed=self.seed,
            palettes=[self.palette],
            plants=[self.plant or "none"],
            seal=self.seal,
            titles=titles,
            shape=shape,
        )


class PlateDrawing(NamedTuple):
    """A plate of words with a globe; without a palette, a solemn plate."""

    words: PlateWords
    seed: str = ""
    palette: str = ""
    point: Point | None = None
    seal: str = ""  # on a small one, in place of the words

    @property
    def tag(self) -> str:
        return tag_of(self, _GLOBE)

    def svg(self, shape: CoverShape, titles: Mapping[str, str] | None = None) -> str:
        words = self.words
        if shape.is_small:
            words = PlateWords(())
        elif shape == SHAPES["preview"]:  # which has the name below its picture
            words = words._replace(names=())
        if not self.palette:
            return solemn_plate(words, titles=titles, shape=shape)
        return plate(
            words,
            seed=self.seed,
            palettes=[self.palette],
            globe=partial(_on_globe, self.point) if self.point else None,
            seal=self.seal,
            titles=titles,
            shape=shape,
        )


def _on_globe(point: Point, degrees: int) -> OnGlobe:
    found = globe_around(*point, degrees)
    return OnGlobe(found.land, *found.point, found.radius)


Drawing = SceneDrawing | PlateDrawing


@lru_cache(maxsize=1024)  # a few kB each
def cached_svg(drawing: Drawing, shape: CoverShape) -> str:
    """The drawing as SVG text, without a name."""
    return drawing.svg(shape)


# Of an exact date: its year, and that of its end.
_YEARS = re.compile(r"(\d{4})(?:-\d\d)*(?:/(\d{4})(?:-\d\d)*)?")
_MAX_YEARS = 3  # on a solemn plate
_NAMES_SHOWN = 2  # on a plate
_PARTS = 2  # of a degree: on a globe, places that are nearer to each other are one
# Common endings of eras, left out on a seal.
_ERA_ENDINGS = ("时代", "时期", "文化", "王朝")
_EAST_ASIA = frozenset(["CN", "HK", "JP", "KP", "KR", "MO", "TW"])
_SAMPLE_PLANTS = ("leafy", "reeds")


def with_covers(*also: str) -> SiteQuerySet:
    """Sites with what their covers are made from, and other columns, in three queries."""
    named = "uid", "state", "name", "short_name", "cover", "inscribed_year"
    return (
        Site.objects.only(*named, "place", "public_latitude", "public_longitude", *also)
        .select_related("place__parent__parent__parent")
        .prefetch_related(
            "kinds", Prefetch("events", Event.objects.select_related("first_era", "last_era"))
        )
    )


def scene_of(record: Site | page_rows.CardData, kinds: Iterable[Kind]) -> Scene | str:
    """The scene that a record asks for, itself or by its kinds; else PLATE or SOLEMN."""
    asked = record.cover or next((kind.scene for kind in kinds if kind.scene), PLATE)
    if asked in (PLATE, SOLEMN):
        return asked
    try:
        return scene_files.scene(asked)
    except LookupError:  # check_catalogue reports it
        return PLATE


def _scene(record: Site | page_rows.CardData, kinds: Iterable[Kind], is_plate: bool) -> Scene | str:
    scene = scene_of(record, kinds)
    return PLATE if is_plate and isinstance(scene, Scene) else scene


def cover(
    site: Site,
    shape: CoverShape = SHAPES[""],
    language: str | None = None,
    *,
    is_named: bool = False,
) -> str:
    """The cover as SVG text. `is_named`: it has a title that says what it shows, since it is a page
    of its own."""
    drawing = drawing_of(site, language)
    if not is_named:
        return cached_svg(drawing, shape)
    if isinstance(drawing, SceneDrawing):
        return drawing.svg(shape, scene_files.scene(drawing.scene).titles)
    return drawing.svg(shape, {code: site.name.best(code).text for code in interface_languages()})


def drawing_of(site: Site, language: str | None = None, *, is_plate: bool = False) -> Drawing:
    """What the cover of a site from `with_covers()` is drawn from; for most sites this reads the
    criteria.

    The words of a plate are in both languages, that of the reader first. `is_plate` asks for a
    plate instead of a scene.
    """
    scene, events = _scene(site, site.kinds.all(), is_plate), list(site.events.all())
    beginning, age, dates = first_beginning(events), age_events(events), exact_dates(events)
    return _drawing(site, scene, beginning, age, dates, lambda: _criteria(site), language)


def drawing_of_page(rows: page_rows.SiteRows, language: str | None = None) -> Drawing:
    """What the cover of a site is drawn from, given the rows of its page."""
    scene, dates = scene_of(rows.site, rows.kinds), exact_dates(rows.events)
    return _drawing(
        rows.site, scene, rows.beginning, rows.age, dates, lambda: _criteria_among(rows), language
    )


def drawing_of_row(
    row: page_rows.CardData, language: str | None = None, *, is_plate: bool = False
) -> Drawing:
    """What the cover of a site is drawn from, given the data of its card."""
    return _drawing(
        row,
        _scene(row, row.kinds, is_plate),
        row.beginning,
        row.age,
        row.dates,
        lambda: list(dict.fromkeys(row.criteria)) if row.status in WHOLE_STATUSES else [],
        language,
    )


def described(site: Site, kinds: Iterable[Kind], language: str) -> str:
    """What a cover shows, in words; empty for a plate, whose words are on the page, too."""
    scene = scene_of(site, kinds)
    return "" if isinstance(scene, str) else scene.title(language)


def drawing_of_kind(kind: Kind, language: str | None = None) -> Drawing:
    """The scene that stands for a kind, whatever the site; else a plate with its name."""
    try:
        return _in_scene(scene_files.scene(kind.scene), kind.uid)
    except LookupError:
        return PlateDrawing(_words(language, kind.label), kind.uid, choose_day_palette(kind.uid))


def scene_cover(scene: Scene) -> str:
    """The SVG of a scene alone, from which editors choose one."""
    return _in_scene(scene, scene.name).svg(SHAPES[""], scene.titles)


def landscape(seed: str, shape: CoverShape) -> str:
    """Hills and sky alone, for what is no single site."""
    return compose(LANDSCAPE, seed=seed, plants=_SAMPLE_PLANTS, shape=shape)


def landscape_tag(seed: str) -> str:
    return tag_of(seed, *(tag_of_scene(f"plants/{name}") for name in _SAMPLE_PLANTS))


def _drawing(
    record: Site | page_rows.CardData,
    scene: Scene | str,
    beginning: Event | None,
    age: list[Event],
    dates: Iterable[str],
    criteria: Callable[[], list[str]],
    language: str | None,
) -> Drawing:
    country, point = country_of(record.place), _point(record)
    latitude = point[0] if point else None
    era = beginning.first_era if beginning else None
    # The palettes of the era; without any, those of the latitude.
    wanted = palettes_around(era.palette if era else "") or palettes_of_latitude(latitude)

    if scene == SOLEMN:
        return PlateDrawing(_words(language, record.shown_name, country, _all_years(dates)))

    def inscribed_for() -> list[str]:
        return criteria() if record.inscribed_year else []

    # The drawing shows what stands: a tower of the Yuan has no seal of the Tang.
    spans: list[tuple[Era | None, Era | None]] = [(era, None)]
    if age and not is_within(beginning, age):
        spans = [(event.first_era, event.last_era) for event in age]
    if isinstance(scene, Scene):
        plants = plants_of(country.code if country else "", latitude)
        return _in_scene(scene, record.uid, wanted, plants, _seal(spans, country, inscribed_for))
    when, year, reasons = _when(beginning, language), record.inscribed_year, inscribed_for()
    return PlateDrawing(
        _words(language, record.shown_name, country, when, year, reasons),
        record.uid,
        choose_day_palette(record.uid, wanted),
        point and (round(point[0] * _PARTS) / _PARTS, round(point[1] * _PARTS) / _PARTS),
        _seal(spans, country, lambda: reasons),
    )


def _in_scene(
    scene: Scene,
    seed: str,
    wanted: tuple[str, ...] = (),
    plants: tuple[str, ...] = _SAMPLE_PLANTS,
    seal: str = "",
) -> SceneDrawing:
    palette = choose_palette(scene, seed, wanted)
    return SceneDrawing(scene.name, seed, palette, choose_plant(scene, seed, plants), seal)


def _words(
    language: str | None,
    name: LanguageMap,
    country: Place | None = None,
    when: Iterable[str] = (),
    inscribed: int | None = None,
    criteria: Iterable[str] = (),
) -> PlateWords:
    """The words of a plate: the name in both scripts, where and when, and why it is World
    Heritage."""
    return PlateWords(
        names=_cleaned(name_lines(name, language))[:_NAMES_SHOWN],
        where=_term_lines(country.label, language) if country else (),
        when=_cleaned(when),
        inscribed=str(inscribed or ""),
        criteria=tuple(criteria),
    )


def _cleaned(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(clean_text, texts)))


def _term_lines(label: LanguageMap, language: str | None) -> tuple[str, ...]:
    return _cached_lines(tuple(label.items()), language)


@lru_cache(maxsize=4096)  # names of countries and eras
def _cached_lines(label: tuple[tuple[str, str], ...], language: str | None) -> tuple[str, ...]:
    return _cleaned(name_lines(LanguageMap(label), language))


def _point(record: Site | page_rows.CardData) -> Point | None:
    """The public point, or the centre of the narrowest place that has one: on a globe the
    difference does not show."""
    if record.public_latitude is not None and record.public_longitude is not None:
        return record.public_latitude, record.public_longitude
    place = record.place
    while place is not None and place.centre is None:
        place = place.parent
    return place.centre if place else None


def _years(date: str) -> list[str]:
    """The years of exact dates of the Common Era, in figures."""
    years = _YEARS.fullmatch(date)
    return ["–".join(str(int(year)) for year in years.groups() if year)] if years else []


def _when(event: Event | None, language: str | None) -> Sequence[str]:
    """The year in which a site began; its era if the year is not known."""
    if event is None:
        return []
    if years := _years(event.date):
        return [_qualified(event.certainty, year, language) for year in years]
    return _term_lines(event.first_era.label, language) if event.first_era else []


def _qualified(certainty: str, year: str, language: str | None) -> str:
    """A year in figures alone if it is certain; else with a word in the language of the reader."""
    if certainty not in (Event.Certainty.TRADITIONAL, Event.Certainty.APPROXIMATE):
        return year
    with override(language or settings.LANGUAGE_CODE):
        if certainty == Event.Certainty.TRADITIONAL:
            return pgettext("year on a drawn cover", "traditionally %(year)s") % {"year": year}
        return ABOUT["short"] % {"date": pgettext("year", "%(year)s") % {"year": year}}


def _all_years(dates: Iterable[str]) -> list[str]:
    """The years of a place of memory: those of what happened there, not of its beginning."""
    years = dict.fromkeys(year for date in dates for year in _years(date))
    return list(years)[-_MAX_YEARS:]


def _criteria(site: Site) -> list[str]:
    """The criteria, i to x, of the property that a site is as a whole; none for a part of one."""
    extent = "designation__coverages__extent"
    found = WorldHeritage.objects.filter(
        criteria__isnull=False,
        designation__coverages__site=site,
        designation__register__role=Register.Role.WORLD_HERITAGE,
        designation__standing__in=IN_FORCE,
    ).order_by("criteria__order", "criteria__code")
    rows = list(found.values_list("criteria__code", extent))
    is_whole = any(extent == Coverage.Extent.WHOLE for _code, extent in rows)
    return list(dict.fromkeys(code for code, _extent in rows)) if is_whole else []


def _criteria_among(rows: page_rows.SiteRows) -> list[str]:
    """The criteria from loaded rows."""
    listed = [
        coverage
        for coverage in rows.coverages
        if coverage.designation.register.role == Register.Role.WORLD_HERITAGE
        and coverage.designation.is_in_force
        and coverage.designation_id in rows.properties
    ]
    if not any(coverage.extent == Coverage.Extent.WHOLE for coverage in listed):
        return []
    terms = {term for coverage in listed for term in rows.criteria_of(coverage)}
    ordered = sorted(terms, key=attrgetter("order", "code"))
    return list(dict.fromkeys(term.code for term in ordered))


def name_lines(name: LanguageMap, language: str | None = None) -> list[str]:
    """The name in the languages of the interface, each text once; in any language if it has none of
    these.

    The language of the reader comes first, for pictures that have an address in each language.
    """
    found = [name[code] for code in (language or "", *interface_languages()) if code in name]
    found = found or [str(name.best(settings.LANGUAGE_CODE))]
    return list(dict.fromkeys(text for text in found if text))


def country_of(place: Place | None) -> Place | None:
    while place is not None and place.level != Place.Level.COUNTRY:
        place = place.parent
    return place


def country_code(place: Place | None) -> str:
    """The code of the site's country, or an empty text."""
    country = country_of(place)
    return country.code if country else ""


def _seal(
    spans: Iterable[tuple[Era | None, Era | None]],
    country: Place | None,
    criteria: Callable[[], list[str]],
) -> str:
    """The text of a seal. In East Asia, where eras have names in Chinese characters: the eras, if
    they are of the country itself and have room. Else the criteria for which a place is World
    Heritage.
    """
    named = [[era for era in dict.fromkeys(span) if era] for span in spans]
    if (
        country
        and country.code in _EAST_ASIA
        and all(_is_of(era, country) for span in named for era in span)
    ):
        texts = ("至".join(map(seal_characters, span)) for span in named)  # 金至清
        letters = seal_letters("".join(dict.fromkeys(texts)))
        if 0 < len(letters) <= LONGEST_SEAL:
            return letters
    return " ".join(criteria())


def _is_of(era: Era, country: Place | None) -> bool:
    if era.region_id:
        return country is not None and era.region_id == country.pk
    return not era.region_name


def seal_characters(era: Era) -> str:
    """The Chinese name of an era, without the word for “dynasty” and the like."""
    text = era.short_label.get("zh-hans") or era.label.get("zh-hans") or ""
    ending = next((each for each in _ERA_ENDINGS if text.endswith(each)), "")
    return text.removesuffix(ending) or text


# --- Pictures of pages: a cover or a photograph --------------------------------------------------


class Picture(NamedTuple):
    src: str
    width: int
    height: int
    alt: str = ""  # beside the name a drawn cover is decoration
    square: str = ""  # of a drawn cover: the same drawing composed as a square
    lang: str = ""  # of the alternative text, where it is not that of the page
    avif: str = ""  # addresses by width, as `srcset` has them; empty if there are none
    srcset: str = ""
    focus: str = ""  # classes that keep its focal point in view where it is cropped
    scene: str = ""  # that is drawn
    plate: str = ""  # which may be shown in place of that scene


SIZE = (1200, 800)


ROUTES = ("web:cover", "web:square_cover")


_PLAIN_WIDTH = 640  # for browsers that know no `srcset`


_MIDDLE = 50


def picture(rows: page_rows.SiteRows) -> Picture:
    """The drawn cover with an alternative text."""
    alt = described(rows.site, rows.kinds, get_language() or "en")
    tag = drawing_of_page(rows, get_language()).tag
    return drawn_cover(rows.site.uid, tag)._replace(alt=alt)


def photograph(image: Image) -> Picture:
    """A photograph in the sizes that exist; the file itself if there are none."""
    url = image_url(image)
    folder = url.rpartition("/")[0]
    forms: dict[str, list[str]] = {"avif": [], "other": []}
    src = url
    for row in image.renditions:
        if row.form not in Rendition.NO_FILES:
            form = "avif" if row.form == Rendition.Form.AVIF else "other"
            forms[form].append(f"{folder}/{row.name} {row.width}w")
            if form == "other" and row.width <= _PLAIN_WIDTH:
                src = f"{folder}/{row.name}"
    alt = image.alt.best()
    return Picture(
        src,
        image.width or 1200,
        image.height or 800,
        str(alt),
        lang=alt.lang_tag if alt.is_fallback else "",
        avif=", ".join(forms["avif"]),
        srcset=", ".join(forms["other"]),
        focus=" ".join(_focus("fx", image.focus_x) + _focus("fy", image.focus_y)),
    )


def _focus(name: str, percent: int) -> list[str]:
    """The CSS class for a focal point, since the content security policy allows no style
    attributes."""
    quarter = round(percent / 25) * 25
    return [] if quarter == _MIDDLE else [f"{name}-{quarter}"]


def image_url(image: Image) -> str:
    return reverse("media:image", args=[image.uid, image.file_name])


def drawn_cover(uid: str, tag: str) -> Picture:
    return drawn(*(tagged_path(route, uid, tag) for route in ROUTES))


def drawn(src: str, square: str) -> Picture:
    return Picture(src, *SIZE, square=square)
