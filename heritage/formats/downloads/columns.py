"""The columns of a download, each declared once: what it is called, means and holds.

`COLUMNS` are those that everybody may have, `EDITORS_COLUMNS` those of a file for editors, which
has the exact point, too. The page of data (`web/data/`) explains them from here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heritage.formats.addresses import Addresses
from heritage.formats.sentence import exact_place_phrase
from heritage.models import Era, Place, Site, Term
from heritage.models.row_values import column
from heritage.search import IndexSnapshot
from heritage.search.page_rows import EventRow, TableRow
from heritage.values.language import LanguageMap, LazyText, language_name

SEPARATOR = "; "  # of several values in one cell

type Value = str | int | float | None


@dataclass
class Context:
    """Of one file: in which language, and whether it is for editors."""

    index: IndexSnapshot
    language: str
    addresses: Addresses
    for_editors: bool = False
    _labels: dict[tuple[type[Term], int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.eras = self.index.vocabulary.eras
        self.before_slug, _slug, self.after_slug = self._page_of("SLUG").partition("SLUG")
        self.terms = self.addresses.url("web:data", language=self.language) + "#terms"

    def _page_of(self, slug: str) -> str:
        return self.addresses.url("web:site", slug, language=self.language)

    def label(self, term: Term) -> str:
        """What the file calls a term, a place with broader ones; in the active language."""
        key = (type(term), term.pk)
        if key not in self._labels:
            if isinstance(term, Place):
                self._labels[key] = exact_place_phrase(term)
            else:
                words = term.short() if isinstance(term, Era) else term.label.best()
                self._labels[key] = str(words)
        return self._labels[key]


@dataclass(frozen=True, slots=True)
class FileColumn:
    """`datatype` is one of text, integer, number, year and datetime, or None in an empty cell."""

    key: str  # its name in files
    description: str | LazyText
    value: Callable[[TableRow, Context], Value]
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


# --- values ----------------------------------------------------------------------------------


def _degrees(name: str) -> Callable[[TableRow, Context], Value]:
    def value(row: TableRow, context: Context) -> Value:
        found: Value = row.plain[name if context.for_editors else f"public_{name}"]
        return found

    return value


def _blurred_km(row: TableRow, context: Context) -> Value:
    if context.for_editors or row.plain["public_latitude"] is None:
        return None
    own = row.plain["blur_km"]
    return (row.plain["rule_blur_km"] if own is None else own) or None


def _plain(name: str) -> Callable[[TableRow, Context], Value]:
    def value(row: TableRow, context: Context) -> Value:
        found: Value = row.plain[name]
        return found

    return value


def _number(name: str) -> Callable[[TableRow, Context], Value]:
    """A decimal, which SQLite stores as a float; a whole number without a fraction."""

    def value(row: TableRow, context: Context) -> Value:
        found = row.plain[name]
        if found is None:
            return None
        number = float(found)
        return int(number) if number.is_integer() else number

    return value


def _moment(name: str) -> Callable[[TableRow, Context], Value]:
    """A moment of UTC to the second, which SQLite gives as text."""
    return lambda row, context: moment(row.plain[name])


def moment(value: datetime | str | None) -> str | None:
    if not value:
        return None
    text = value if isinstance(value, str) else f"{value:%Y-%m-%dT%H:%M:%S}"
    return f"{text[:10]}T{text[11:19]}Z"


def _beginning(read: Callable[[EventRow, Context], Value]) -> Callable[[TableRow, Context], Value]:
    def value(row: TableRow, context: Context) -> Value:
        beginning = row.beginning
        return read(beginning, context) if beginning else None

    return value


def _span(row: EventRow, context: Context, of: Callable[[Term], str], between: str) -> str:
    first, last = context.eras.get(row.first_era), context.eras.get(row.last_era)
    if first is None:
        return ""
    return of(first) if last in (None, first) else f"{of(first)}{between}{of(last)}"


def _slug(term: Term) -> str:
    return term.slug


def _span_of_slugs(row: EventRow, context: Context) -> str:
    return _span(row, context, _slug, "/")


def _span_of_labels(row: EventRow, context: Context) -> str:
    return _span(row, context, context.label, " – ")


def _joined(values: list[str]) -> str:
    return SEPARATOR.join(values) if values else ""


def _once(values: list[str]) -> str:
    return _joined(list(dict.fromkeys(filter(None, values)))) if values else ""


def _title(row: TableRow, context: Context) -> str:
    names = {**row.texts["name"], **row.texts["short_name"]}
    return names.get(context.language) or str(LanguageMap(names).best(context.language))


LANGUAGES = [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]


def _texts(name: str, description: LazyText) -> list[FileColumn]:
    """A column for each language that a record may be written in."""
    label = column(Site, name).verbose_name

    def value(code: str) -> Callable[[TableRow, Context], Value]:
        return lambda row, context: row.texts[name].get(code)

    return [
        FileColumn(
            f"{name}:{code}",
            format_lazy(
                "{label} ({language}). {description}",
                label=label,
                language=language_name(code),
                description=description,
            ),
            value(code),
        )
        for code in LANGUAGES
    ]


# --- columns ---------------------------------------------------------------------------------

_FACTS = [
    FileColumn("uid", _("Names the record for ever."), _plain("uid")),
    FileColumn(
        "title",
        _("What its page calls it, in the language of the file or else in another."),
        _title,
    ),
    FileColumn(
        "url",
        _("The address of its page."),
        lambda row, context: f"{context.before_slug}{row.plain['slug']}{context.after_slug}",
    ),
    FileColumn(
        "kinds",
        _("Slugs of the kinds of place that it is, the most telling first."),
        lambda row, context: _joined([kind.slug for kind in row.kinds]),
    ),
    FileColumn(
        "kinds_label",
        _("The same in words."),
        lambda row, context: _joined([context.label(kind) for kind in row.kinds]),
    ),
    FileColumn(
        "place",
        _("Slug of the narrowest place that it is sure to lie in."),
        lambda row, context: row.place.slug if row.place else None,
    ),
    FileColumn(
        "place_label",
        _("The same in words, with the broader ones."),
        lambda row, context: context.label(row.place) if row.place else None,
    ),
    FileColumn(
        "country",
        _("ISO 3166 code of the country, where it is recorded."),
        lambda row, context: _country(row.place),
    ),
    FileColumn("latitude", _("North is positive; WGS 84."), _degrees("latitude"), "number", "°"),
    FileColumn("longitude", _("East is positive; WGS 84."), _degrees("longitude"), "number", "°"),
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
    FileColumn(
        "precision",
        _("What the recorded point is: surveyed, approximate, or town, the centre of the town."),
        lambda row, context: row.plain["precision"] if row.plain["latitude"] is not None else None,
    ),
    FileColumn(
        "accuracy_m",
        _("How far off the recorded point may be."),
        _plain("accuracy_m"),
        "integer",
        "m",
    ),
    FileColumn("area_ha", _("Its area."), _number("area_ha"), "number", "ha"),
    FileColumn(
        "beginning",
        _("What the event is that tells how old it is, such as founded or built."),
        _beginning(lambda event, context: event.kind),
    ),
    FileColumn(
        "beginning_date",
        _("The date of that event in EDTF (ISO 8601-2), as exact as it is known."),
        _beginning(lambda event, context: event.date or None),
    ),
    FileColumn(
        "beginning_year",
        _("The first year that it can have been; 0 is 1 BCE, −1 is 2 BCE."),
        _beginning(lambda event, context: event.first_year),
        "year",
    ),
    FileColumn(
        "beginning_era",
        _("Slug of the era of that event, or two with a slash from the first to the last."),
        _beginning(_span_of_slugs),
    ),
    FileColumn(
        "eras",
        _("The same of what stands today or, in the ground, of what it dates from."),
        lambda row, context: _once([_span_of_slugs(each, context) for each in row.age]),
    ),
    FileColumn(
        "eras_label",
        _("The same in words."),
        lambda row, context: _once([_span_of_labels(each, context) for each in row.age]),
    ),
    FileColumn(
        "unesco",
        _("in_danger, inscribed, part, tentative, delisted or none: see the filter of that name."),
        lambda row, context: row.status or None,
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
        lambda row, context: _joined(row.criteria),
    ),
    FileColumn(
        "registers",
        _("The entries that hold today: the slug of the register, a colon, and the reference."),
        lambda row, context: _once(
            [
                f"{register.slug}:{reference}" if reference else register.slug
                for register, reference in row.entries
            ]
        ),
    ),
    FileColumn(
        "identifiers",
        _("What others call it: the slug of the authority, a colon, and its identifier."),
        lambda row, context: _joined([f"{scheme}:{value}" for scheme, value in row.identifiers]),
    ),
    FileColumn(
        "other_names",
        _("Further names, in whatever language."),
        lambda row, context: _once([name.replace(";", ",") for name in row.names]),
    ),
    FileColumn(
        "sources",
        _("Uids of the sources of the whole record; its page says what rests on which."),
        lambda row, context: _joined(row.sources),
    ),
    FileColumn(
        "terms",
        _("Where the licences and the sources are told."),
        lambda row, context: context.terms,
    ),
    FileColumn(
        "published_at", _("When it was first published, UTC."), _moment("published_at"), "datetime"
    ),
    FileColumn(
        "changed_at",
        _("When something that everybody may read of it was last changed, UTC."),
        lambda row, context: moment(row.changed_at),
        "datetime",
    ),
]

_TEXTS = [
    *_texts("name", _("The name, as the registers and maps have it.")),
    *_texts("short_name", _("What people call it, where the name is longer.")),
    *_texts("hook", _("A sentence: what makes it worth a look.")),
    *_texts("summary", _("One or two sentences.")),
    *_texts("description", _("The long text, in Markdown.")),
    *_texts("note", _("Doubts about the record.")),
]

COLUMNS = (*_FACTS, *_TEXTS)

EDITORS_COLUMNS = (
    *_FACTS,
    FileColumn("slug", _("Stands in the address."), _plain("slug")),
    FileColumn("state", _("draft, in_review, published or archived."), _plain("state")),
    FileColumn(
        "blur_km",
        _("How closely the public may see where it lies; empty: by the rule of its kinds."),
        _plain("blur_km"),
        "integer",
        "km",
    ),
    FileColumn("featured", _("The place on the home page."), _plain("featured"), "integer"),
    FileColumn(
        "prominence", _("The higher, the earlier in lists."), _plain("prominence"), "integer"
    ),
    FileColumn("created_at", _("When it was created, UTC."), _moment("created_at"), "datetime"),
    FileColumn(
        "updated_at", _("When an editor last wrote it, UTC."), _moment("updated_at"), "datetime"
    ),
    *_TEXTS,
)


def _country(place: Place | None) -> str | None:
    while place is not None and place.level != Place.Level.COUNTRY:
        place = place.parent
    return place.code or None if place else None
