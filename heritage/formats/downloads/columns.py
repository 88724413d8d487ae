"""The columns of a download: what each is called, means and holds.

A field with `in_files` in `SITE_FIELDS` is a column; columns of other tables are declared here.
`COLUMNS` are those that everybody may have, `EDITORS_COLUMNS` those of a file for editors, which
has the exact point, too. The page of data (`web/data/`) explains them from here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heritage.formats.addresses import Addresses
from heritage.models import (
    SITE_FIELDS,
    Era,
    Place,
    Site,
    SiteField,
    columns_in_files,
    exact_place_phrase,
    texts_in_files,
)
from heritage.models.row_values import column
from heritage.search import IndexSnapshot, page_rows
from heritage.values.language import LanguageMap, LazyText, language_name

SEPARATOR = "; "  # of several values in one cell

type Value = str | int | float | None


@dataclass
class Context:
    """The context of one file: its language, and whether it is for editors."""

    index: IndexSnapshot
    language: str
    addresses: Addresses
    for_editors: bool = False
    # What cells say of a key, such as the id of a place: by what words it, then by the key.
    worded: dict[Any, dict[Any, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.vocabulary = self.index.vocabulary
        self.before_slug, _slug, self.after_slug = self._page_of("SLUG").partition("SLUG")
        self.terms = self.addresses.url("web:data", language=self.language) + "#terms"

    def _page_of(self, slug: str) -> str:
        return self.addresses.url("web:site", slug, language=self.language)


# A cell for each site of a portion, in the active language.
type Cells = Callable[[page_rows.TablePortion, Context], Sequence[Value]]


@dataclass(frozen=True, slots=True)
class FileColumn:
    """`datatype` is one of text, integer, number, year and datetime, or None in an empty cell."""

    key: str  # its name in files
    description: str | LazyText
    cells: Cells
    datatype: str = "text"
    unit: str | LazyText = ""

    @property
    def datatype_label(self) -> str | LazyText:
        return _DATATYPES[self.datatype]


_DATATYPES: dict[str, str | LazyText] = {
    "text": _("text"),
    "integer": _("whole number"),
    "number": _("number"),
    "year": _("year"),
    "datetime": _("date and time"),
}


# --- cells -----------------------------------------------------------------------------------


def _degrees(name: str) -> Cells:
    return lambda portion, context: portion.plain[name if context.for_editors else f"public_{name}"]


def _blurred_km(portion: page_rows.TablePortion, context: Context) -> Sequence[Value]:
    if context.for_editors:
        return [None] * len(portion.ids)
    plain = portion.plain
    blurs = zip(plain["public_latitude"], plain["blur_km"], plain["rule_blur_km"], strict=True)
    return [
        None if latitude is None else (rule if own is None else own) or None
        for latitude, own, rule in blurs
    ]


def _precision(portion: page_rows.TablePortion, context: Context) -> Sequence[Value]:
    pairs = zip(portion.plain["precision"], portion.plain["latitude"], strict=True)
    return [None if latitude is None else precision for precision, latitude in pairs]


def _plain(name: str) -> Cells:
    return lambda portion, context: portion.plain[name]


def _number(name: str) -> Cells:
    """A decimal, which SQLite stores as a float; a whole number without a fraction."""

    def number(value: Any) -> Value:
        found = float(value)
        return int(found) if found.is_integer() else found

    return lambda portion, context: [
        None if value is None else number(value) for value in portion.plain[name]
    ]


def _moment(name: str) -> Cells:
    return lambda portion, context: list(map(moment, portion.plain[name]))


def moment(value: datetime | str | None) -> str | None:
    """A moment of UTC to the second; a database may give it as text."""
    if not value:
        return None
    text = str(value)
    return f"{text[:10]}T{text[11:19]}Z"


def _of_beginning(read: Callable[[page_rows.EventRow], Value]) -> Cells:
    return lambda portion, context: [
        None if event is None else read(event) for event in portion.beginnings
    ]


def _by_key(
    keys: Callable[[page_rows.TablePortion], Iterable[Any]], word: Callable[[Any, Context], Value]
) -> Cells:
    """Cells with a key in words, such as the id of the place of each site; each key is worded
    once."""

    def cells(portion: page_rows.TablePortion, context: Context) -> Sequence[Value]:
        words = context.worded.setdefault(word, {})
        asked = list(keys(portion))
        for key in {*asked} - words.keys():
            words[key] = word(key, context)
        return [words[key] for key in asked]

    return cells


def _kinds(portion: page_rows.TablePortion) -> Iterable[tuple[int, ...]]:
    return portion.kinds


def _place(portion: page_rows.TablePortion) -> Iterable[int | None]:
    return portion.plain["place_id"]


def _era_of_beginning(portion: page_rows.TablePortion) -> Iterable[page_rows.Span]:
    return [(None, None) if e is None else (e.first_era, e.last_era) for e in portion.beginnings]


def _eras(portion: page_rows.TablePortion) -> Iterable[tuple[page_rows.Span, ...]]:
    return portion.ages


def _slug_of_place(pk: int | None, context: Context) -> Value:
    place = context.vocabulary.places.get(pk)
    return place.slug if place else None


def _label_of_place(pk: int | None, context: Context) -> Value:
    place = context.vocabulary.places.get(pk)
    return exact_place_phrase(place) if place else None


def _country(pk: int | None, context: Context) -> Value:
    place = context.vocabulary.places.get(pk)
    while place is not None and place.level != Place.Level.COUNTRY:
        place = place.parent
    return place.code or None if place else None


def _slugs_of_kinds(ids: tuple[int, ...], context: Context) -> Value:
    terms = context.vocabulary.kinds.terms
    return SEPARATOR.join(terms[pk].slug for pk in ids)


def _labels_of_kinds(ids: tuple[int, ...], context: Context) -> Value:
    terms = context.vocabulary.kinds.terms
    return SEPARATOR.join(terms[pk].label.best().text for pk in ids)


def _span(span: page_rows.Span, context: Context, of: Callable[[Era], str], between: str) -> str:
    first, last = map(context.vocabulary.eras.get, span)
    if first is None:
        return ""
    return of(first) if last in (None, first) else f"{of(first)}{between}{of(last)}"


def _slugs_of_span(span: page_rows.Span, context: Context) -> str:
    return _span(span, context, lambda era: era.slug, "/")


def _labels_of_span(span: page_rows.Span, context: Context) -> str:
    return _span(span, context, lambda era: era.short().text, " – ")


def _once(values: Iterable[str]) -> str:
    return SEPARATOR.join(dict.fromkeys(filter(None, values)))


def _titles(portion: page_rows.TablePortion, context: Context) -> Sequence[Value]:
    language = context.language
    pairs = zip(portion.texts["short_name"], portion.texts["name"], strict=True)
    return [
        short.get(language)
        or name.get(language)
        or str(LanguageMap({**name, **short}).best(language))
        for short, name in pairs
    ]


LANGUAGES = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]


def _texts(field: SiteField) -> list[FileColumn]:
    """A column for each language that a record may be written in."""
    name, label = field.name, column(Site, field.name).verbose_name

    def of_language(code: str) -> Cells:
        def cells(portion: page_rows.TablePortion, context: Context) -> Sequence[Value]:
            if code not in portion.languages[name]:
                return [None] * len(portion.ids)
            return [texts.get(code) for texts in portion.texts[name]]

        return cells

    return [
        FileColumn(
            f"{name}:{code}",
            format_lazy(
                "{label} ({language}). {description}",
                label=label,
                language=language_name(code),
                description=field.in_files,
            ),
            of_language(code),
        )
        for code in LANGUAGES
    ]


_DECLARED = {field.name: field for field in SITE_FIELDS}


def _of_field(name: str, cells: Cells | None = None) -> FileColumn:
    """The column of a declared field; of one that is no number, text or moment, with `cells`."""
    declared, model_field = _DECLARED[name], Site._meta.get_field(name)
    match model_field:
        case models.DecimalField():
            datatype, usual = "number", _number(name)
        case models.FloatField():
            datatype, usual = "number", _plain(name)
        case models.IntegerField():
            datatype, usual = "integer", _plain(name)
        case models.DateTimeField():
            datatype, usual = "datetime", _moment(name)
        case models.CharField() | models.TextField():
            datatype, usual = "text", _plain(name)
        case _ if cells is None:
            raise TypeError(f"What files have of {name} is to be said in _FACTS.")
        case _:
            datatype, usual = "text", cells
    return FileColumn(name, declared.in_files, cells or usual, datatype, declared.unit)


# --- columns ---------------------------------------------------------------------------------

_FACTS = [
    _of_field("uid"),
    FileColumn(
        "title",
        _("What its page calls it, in the language of the file or else in another."),
        _titles,
    ),
    FileColumn(
        "url",
        _("The address of its page."),
        lambda portion, context: [
            f"{context.before_slug}{slug}{context.after_slug}" for slug in portion.plain["slug"]
        ],
    ),
    _of_field("kinds", _by_key(_kinds, _slugs_of_kinds)),
    FileColumn(
        "kinds_label",
        _("The same in words."),
        _by_key(_kinds, _labels_of_kinds),
    ),
    _of_field("place", _by_key(_place, _slug_of_place)),
    FileColumn(
        "place_label",
        _("The same in words, with the broader ones."),
        _by_key(_place, _label_of_place),
    ),
    FileColumn(
        "country",
        _("ISO 3166 code of the country, where it is recorded."),
        _by_key(_place, _country),
    ),
    _of_field("latitude", _degrees("latitude")),
    _of_field("longitude", _degrees("longitude")),
    FileColumn(
        "blurred_km",
        _(
            "The point is not the exact one, but that of a grid with squares of this size, to "
            "protect the place. Empty: it is not blurred."
        ),
        _blurred_km,
        "integer",
        "km",
    ),
    _of_field("precision", _precision),
    _of_field("accuracy_m"),
    _of_field("area_ha"),
    FileColumn(
        "beginning",
        _("What the event is that tells how old it is, such as founded or built."),
        _of_beginning(lambda event: event.kind),
    ),
    FileColumn(
        "beginning_date",
        _("The date of that event in EDTF (ISO 8601-2), as exact as it is known."),
        _of_beginning(lambda event: event.date or None),
    ),
    FileColumn(
        "beginning_year",
        _("The first year that it can have been; 0 is 1 BCE, −1 is 2 BCE."),
        _of_beginning(lambda event: event.first_year),
        "year",
    ),
    FileColumn(
        "beginning_era",
        _("Slug of the era of that event, or two with a slash from the first to the last."),
        _by_key(_era_of_beginning, _slugs_of_span),
    ),
    FileColumn(
        "eras",
        _("The same of what stands today or, in the ground, of what it dates from."),
        _by_key(_eras, lambda spans, context: _once(_slugs_of_span(s, context) for s in spans)),
    ),
    FileColumn(
        "eras_label",
        _("The same in words."),
        _by_key(_eras, lambda spans, context: _once(_labels_of_span(s, context) for s in spans)),
    ),
    FileColumn(
        "unesco",
        _("in_danger, inscribed, part, tentative, delisted or none: see the filter of that name."),
        lambda portion, context: [status or None for status in portion.statuses],
    ),
    FileColumn(
        "inscribed_year",
        _("The year in which it came on the World Heritage List."),
        _plain("inscribed_year"),
        "year",
    ),
    FileColumn(
        "criteria",
        _("The criteria of World Heritage."),
        lambda portion, context: list(map(SEPARATOR.join, portion.criteria)),
    ),
    FileColumn(
        "registers",
        _("The entries that hold today: the slug of the register, a colon, and the reference."),
        lambda portion, context: [
            _once(f"{slug}:{reference}" if reference else slug for slug, reference in entries)
            if entries
            else ""
            for entries in portion.entries
        ],
    ),
    FileColumn(
        "identifiers",
        _("What others call it: the slug of the authority, a colon, and its identifier."),
        lambda portion, context: [
            SEPARATOR.join(map(":".join, pairs)) if pairs else "" for pairs in portion.identifiers
        ],
    ),
    FileColumn(
        "other_names",
        _("Further names, in whatever language."),
        lambda portion, context: [
            _once(name.replace(";", ",") for name in names) if names else ""
            for names in portion.names
        ],
    ),
    _of_field("sources", lambda portion, context: list(map(SEPARATOR.join, portion.sources))),
    FileColumn(
        "terms",
        _("Where the licences and the sources are told."),
        lambda portion, context: [context.terms] * len(portion.ids),
    ),
    _of_field("published_at"),
    FileColumn(
        "changed_at",
        _("When something that everybody may read of it was last changed, UTC."),
        lambda portion, context: list(map(moment, portion.changed_at)),
        "datetime",
    ),
]

_OF_EDITORS = [
    _of_field(name)
    for name in ("slug", "state", "blur_km", "featured", "prominence", "created_at", "updated_at")
]

# A new field stands behind the others, so that none of them moves.
_PLACED = {each.key for each in (*_FACTS, *_OF_EDITORS)}
_NEW = [each for each in columns_in_files() if each.name not in _PLACED]

COLUMNS = (
    *_FACTS,
    *(_of_field(each.name) for each in _NEW if not each.for_editors),
    *(column for each in texts_in_files() if not each.for_editors for column in _texts(each)),
)

EDITORS_COLUMNS = (
    *_FACTS,
    *_OF_EDITORS,
    *(_of_field(each.name) for each in _NEW),
    *(column for each in texts_in_files() for column in _texts(each)),
)
