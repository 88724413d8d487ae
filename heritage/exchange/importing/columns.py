"""The columns of an imported file: fields of a site, its names, events and identifiers, and what a
register says of its entry.

Those of a register are columns of a `Designation` (`record`): `whl.criteria` is “criteria” of the
entry in the register whose slug is `whl`. All have the interface of `exchange.columns.Column`;
values that were put stay in memory until `collect()` adds them to the rows to be written.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.exchange.columns import (
    SEPARATOR,
    Column,
    TermColumn,
    TermsColumn,
    TextColumn,
    parts_of,
)
from heritage.exchange.importing.terms import PlaceNames, TermNames, UnknownPlace
from heritage.exchange.site_fields import columns_of, fields_for
from heritage.exchange.writes import Writes
from heritage.models import (
    ComponentPoint,
    Designation,
    DesignationEvent,
    Era,
    Event,
    FieldUse,
    Identifier,
    IdentifierScheme,
    Name,
    PartOf,
    Place,
    Register,
    RegisterTerm,
    Site,
    WorldHeritage,
)
from heritage.services import DateQuestion, EraNames, Reading, read_date
from heritage.values import date_parser, edtf
from heritage.values.coordinates import validate_latitude, validate_longitude
from heritage.values.language import (
    LazyText,
    interface_languages,
    language_name,
    normalise_code,
    with_explanation,
)

_JOIN = f"{SEPARATOR} "


@dataclass
class ListColumn(Column):
    """Several values in one text, with semicolons between them."""

    _put: dict[int, list[Any]] = field(default_factory=dict)  # by the record's identity

    def shown(self, value: list[Any]) -> str:
        return _JOIN.join(map(str, value))

    def put(self, site: Any, value: list[Any]) -> None:
        self._put[id(site)] = value

    def forget(self) -> None:
        self._put.clear()

    def joined(self, stored: list[Any], value: list[Any]) -> list[Any]:
        return sorted({*stored, *value})

    def taken(self, site: Any) -> tuple[list[Any], list[Any]]:
        """The values put for a record: the added and the removed ones."""
        wanted = self._put.pop(id(site), None)
        if wanted is None:
            return [], []
        stored = self.stored(site)
        return (
            [value for value in wanted if value not in stored],
            [value for value in stored if value not in wanted],
        )


# --- rows of a site --------------------------------------------------------------------------


@dataclass
class NamesColumn(ListColumn):
    """Further names of a site in one language."""

    @property
    def label(self) -> str:
        return with_explanation(_("Other names"), [language_name(self.language)])

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return ("names",)

    @property
    def kind(self) -> str:
        if "-latn" in self.language:
            return Name.Kind.ROMANISED
        return Name.Kind.SCRIPT if self.language == "zh-hant" else Name.Kind.ALTERNATIVE

    def clean(self, text: str) -> list[str]:
        names = sorted(set(parts_of(text)))
        if any(len(name) > 250 for name in names):
            raise ValidationError(_("A name has at most 250 letters; put a semicolon between two."))
        return names

    def _rows(self, site: Site) -> list[Name]:
        if site._state.adding:
            return []
        return [row for row in site.names.all() if row.language == self.language]

    def stored(self, site: Site) -> list[str]:
        return sorted({row.text for row in self._rows(site)})

    def put(self, site: Site, value: list[str]) -> None:
        shown = set(site.name.values())  # which are not repeated among further names
        super().put(site, [name for name in value if name not in shown])

    def collect(self, site: Site, writes: Writes) -> None:
        new, gone = self.taken(site)
        for name in new:
            writes.create(Name(site=site, kind=self.kind, text=name, language=self.language))
        for row in self._rows(site) if gone else ():
            if row.text in gone:
                writes.delete(row)


@dataclass
class EventsColumn(ListColumn):
    """The events of one kind: dates or eras as people write them."""

    eras: EraNames = field(default_factory=EraNames)
    _read: dict[str, list[tuple]] = field(default_factory=dict)
    _shown: dict[tuple, Reading] = field(default_factory=dict)
    _worded: dict[tuple, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.language  # second part of the key

    @property
    def label(self) -> str:
        return with_explanation(_("Event"), [str(Event.Kind(self.kind).label)])

    @property
    def attrs(self) -> dict[str, str]:
        return {}

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return (Prefetch("events", Event.objects.select_related("first_era", "last_era")),)

    def clean(self, text: str) -> list[tuple]:
        if text not in self._read:
            readings = [each for part in parts_of(text) for each in self._readings(part)]
            for each in readings:
                self._shown[_event_value(each.date, each.first, each.last)] = each
            values = {_event_value(each.date, each.first, each.last) for each in readings}
            self._read[text] = sorted(values, key=str)
        return self._read[text]

    def _readings(self, text: str) -> list[Reading]:
        try:
            return [read_date(text, self.kind, self.eras)]
        except edtf.EDTFError as error:
            # A list of eras is an event for each: 元、清.
            parts = [
                part for part in text.replace(",", "、").replace("，", "、").split("、") if part
            ]
            if len(parts) > 1:
                return [each for part in parts for each in self._readings(part)]
            if isinstance(error, DateQuestion):
                raise UnclearDate(text, error) from error
            raise ValidationError(str(error)) from error

    def question(self, text: str) -> str:
        """The question about an unclear date, in the active language."""
        try:
            read_date(text, self.kind, self.eras)
        except DateQuestion as question:
            return str(question)
        return text

    def of_era(self, era: Era) -> tuple:
        """The value of an event that is dated by one era alone."""
        value = _event_value("", era, None)
        self._shown[value] = Reading(first=era)
        return value

    def stored(self, site: Site) -> list[tuple]:
        return sorted((_value_of(row) for row in self._rows(site)), key=str)

    def _rows(self, site: Site) -> list[Event]:
        if site._state.adding:
            return []
        return [row for row in site.events.all() if row.kind == self.kind]

    def joined(self, stored: list[tuple], value: list[tuple]) -> list[tuple]:
        return stored or value

    def shown(self, value: list[tuple]) -> str:
        return _JOIN.join(self._words(each) for each in value)

    def _words(self, value: tuple) -> str:
        known = self._shown.get(value)
        if known is None:
            return value[0] or _("an era")
        if value not in self._worded:
            event = Event(date=known.date, first_era=known.first, last_era=known.last)
            self._worded[value] = event.when()
        return self._worded[value]

    def text(self, site: Site) -> str:
        return _JOIN.join(row.when() for row in sorted(self._rows(site), key=_value_key))

    def collect(self, site: Site, writes: Writes) -> None:
        new, gone = self.taken(site)
        old = [row for row in self._rows(site) if _value_of(row) in gone] if gone else []
        for number, (date, first, last) in enumerate(new):
            if number < len(old):  # another date of what is told already
                row = old[number]
                row.date, row.first_era_id, row.last_era_id = date, first, last
                writes.change(row, "date", "first_era", "last_era")
            else:
                row = Event(site=site, kind=self.kind, date=date)
                row.first_era_id, row.last_era_id = first, last
                writes.create(row)
        for row in old[len(new) :]:
            writes.delete(row)


class UnclearDate(ValidationError):
    """A date that may mean several eras."""

    def __init__(self, text: str, question: DateQuestion):
        super().__init__(str(question))
        self.text, self.eras = text, question.eras


def _event_value(date: str, first: Any, last: Any) -> tuple:
    return date, first and first.pk, last and last.pk


def _value_of(row: Event) -> tuple:
    return row.date, row.first_era_id, row.last_era_id


def _value_key(row: Event) -> str:
    return str(_value_of(row))


@dataclass
class IdentifierColumn(ListColumn):
    """Identifiers of a site in one scheme, such as Wikidata."""

    scheme: Any = None

    @property
    def label(self) -> str:
        return with_explanation(_("Identifier"), [str(self.scheme)])

    @property
    def attrs(self) -> dict[str, str]:
        return {}

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return ("identifiers",)

    def clean(self, text: str) -> list[str]:
        values = sorted(set(parts_of(text)))
        for value in values:
            Identifier(scheme=self.scheme, value=value).clean()
        return values

    def _rows(self, site: Site) -> list[Identifier]:
        if site._state.adding:
            return []
        return [row for row in site.identifiers.all() if row.scheme_id == self.scheme.pk]

    def stored(self, site: Site) -> list[str]:
        return sorted(row.value for row in self._rows(site))

    def collect(self, site: Site, writes: Writes) -> None:
        new, gone = self.taken(site)
        for value in new:
            writes.create(Identifier(site=site, scheme=self.scheme, value=value))
        for row in self._rows(site) if gone else ():
            if row.value in gone:
                writes.delete(row)


@dataclass
class PartOfColumn(ListColumn):
    """The sites that a site is part of, by uid, slug or name; their ids in memory."""

    find_site: Callable[[str], list[Site]] | None = None
    _wholes: dict[int, Site] = field(default_factory=dict)  # named or stored, by id

    @cached_property
    def key(self) -> str:
        return "part_of"

    @property
    def label(self) -> str:
        return _("Part of")

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return ("part_of__whole",)

    def clean(self, text: str) -> list[int]:
        return sorted({self._named_whole(part).pk for part in parts_of(text)})

    def _named_whole(self, text: str) -> Site:
        found = self.find_site(text) if self.find_site else []
        if not found:
            raise ValidationError(
                _(
                    "No site is called “%(name)s”. One that is new in this file is recorded first: "
                    "import the file again then."
                )
                % {"name": text}
            )
        if len(found) > 1:
            raise ValidationError(
                _("Several sites are called “%(name)s”: write the slug or the uid.")
                % {"name": text}
            )
        self._wholes[found[0].pk] = found[0]
        return found[0]

    def _rows(self, site: Site) -> list[PartOf]:
        return [] if site._state.adding else list(site.part_of.all())

    def stored(self, site: Site) -> list[int]:
        rows = self._rows(site)
        self._wholes.update((row.whole_id, row.whole) for row in rows)
        return sorted(row.whole_id for row in rows)

    def shown(self, value: list[int]) -> str:
        return _JOIN.join(str(self._wholes[pk]) for pk in value)

    def put(self, site: Site, value: list[int]) -> None:
        for pk in value if not site._state.adding else ():
            row = PartOf(part=site, whole_id=pk)
            row.clean_fields(exclude=["uid", "note"])
            row.clean()  # that none is part of itself
        super().put(site, value)

    def add(self, site: Site, whole: int) -> None:
        """Add one site that the site is part of."""
        self._put[id(site)] = sorted({*self._put.get(id(site), []), whole})

    def collect(self, site: Site, writes: Writes) -> None:
        new, gone = self.taken(site)
        for pk in new:
            writes.create(PartOf(part=site, whole_id=pk))
        for row in self._rows(site) if gone else ():
            if row.whole_id in gone:
                writes.delete(row)


# --- entries of a register -------------------------------------------------------------------


@dataclass
class EntryColumn(Column):
    """A column of the entry itself."""

    record = Designation

    register: Any = None
    facet: str = ""  # what the file calls it

    @cached_property
    def key(self) -> str:
        name = f"{self.register.slug}.{self.facet or self.name}"
        return f"{name}:{self.language}" if self.language else name

    @property
    def label(self) -> str:
        words = {"register": self.register, "column": self.label_in_register}
        return _("%(register)s: %(column)s") % words

    @property
    def label_in_register(self) -> str:
        words = str(_ENTRY_LABELS[self.facet or self.name])
        return with_explanation(words, [language_name(self.language)]) if self.language else words


class EntryTextColumn(EntryColumn, TextColumn):
    pass


@dataclass
class EntryTermColumn(EntryColumn, TermColumn):
    """The category of an entry, by code or name."""

    def clean(self, text: str) -> list[Any]:
        return [_register_term(self.register, self.name, text)] if text else []

    def stored(self, entry: Any) -> list[Any]:
        return [entry.category] if entry.category else []

    def shown(self, value: list[Any]) -> str:
        return _JOIN.join(map(str, value))  # without the register, which the column names


def _register_term(register: Register, facet: str, text: str) -> RegisterTerm:
    terms = _terms_of(register, facet)
    found = terms.get(text.casefold())
    if found is None:
        words = {
            "text": text,
            "register": register,
            "known": ", ".join(t.code for t in {*terms.values()}),
        }
        raise ValidationError(
            _("“%(text)s” is no term of “%(register)s”. It has: %(known)s.") % words
        )
    return found


def _terms_of(register: Any, facet: str) -> dict[str, RegisterTerm]:
    cache = vars(register).setdefault("_terms_of", {})
    if facet not in cache:
        rows = RegisterTerm.objects.filter(register=register, facet=facet)
        cache[facet] = {
            name.casefold(): row for row in rows for name in (*row.names(), row.code, row.uid)
        }
    return cache[facet]


@dataclass
class EntryEventsColumn(EntryColumn, ListColumn):
    """The dates of events of an entry of one kind, such as the years of its extensions."""

    kind: str = ""

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return ("events",)

    def clean(self, text: str) -> list[str]:
        try:
            return sorted({date_parser.parse_date(part) for part in _years(text)})
        except edtf.EDTFError as error:
            raise ValidationError(str(error)) from error

    def _rows(self, entry: Any) -> list[DesignationEvent]:
        if entry._state.adding:
            return []
        return [row for row in entry.events.all() if row.kind == self.kind]

    def stored(self, entry: Any) -> list[str]:
        return sorted(row.date for row in self._rows(entry))

    def collect(self, entry: Any, writes: Writes) -> None:
        new, gone = self.taken(entry)
        old = [row for row in self._rows(entry) if row.date in gone] if gone else []
        for row, date in zip(old, new, strict=False):
            row.date = date
            writes.change(row, "date")
        for date in new[len(old) :]:
            writes.create(DesignationEvent(designation=entry, kind=self.kind, date=date))
        for row in old[len(new) :]:
            writes.delete(row)


class ListedColumn(EntryEventsColumn):
    def joined(self, stored: list[Any], value: list[Any]) -> list[Any]:
        return value  # an entry is inscribed once


def _years(text: str) -> list[str]:
    return [part.strip() for each in parts_of(text) for part in each.split(",") if part.strip()]


@dataclass
class DangerColumn(EntryEventsColumn):
    """The periods on the danger list: “1996” has not ended, “1984/1992” has."""

    def clean(self, text: str) -> list[str]:
        periods = sorted({re.sub("[–-]", "/", part).rstrip("/") for part in _years(text)})
        for each in periods:
            first, _slash, last = each.partition("/")
            if not first.isdigit() or not (last.isdigit() or not _slash) or (last and last < first):
                raise ValidationError(
                    _("“%(text)s” is no period. Write 1996 (since then) or 1984/1992.")
                    % {"text": each}
                )
        return periods

    def _events(self, entry: Any) -> list[DesignationEvent]:
        if entry._state.adding:
            return []
        kinds = (DesignationEvent.Kind.IN_DANGER, DesignationEvent.Kind.OUT_OF_DANGER)
        return sorted((row for row in entry.events.all() if row.kind in kinds), key=_event_order)

    def stored(self, entry: Any) -> list[str]:
        periods: list[str] = []
        for row in self._events(entry):
            if row.kind == DesignationEvent.Kind.IN_DANGER:
                periods.append(row.date)
            elif periods and "/" not in periods[-1]:
                periods[-1] += f"/{row.date}"
        return sorted(periods)

    def joined(self, stored: list[str], value: list[str]) -> list[str]:
        by_start = {each.partition("/")[0]: each for each in stored}
        for each in value:
            start = each.partition("/")[0]
            # A list that no longer tells the end of a period does not take it away.
            if "/" in each or "/" not in by_start.get(start, ""):
                by_start[start] = each
        return sorted(by_start.values())

    def collect(self, entry: Any, writes: Writes) -> None:
        wanted = self._put.pop(id(entry), None)
        if wanted is None:
            return
        kinds = DesignationEvent.Kind
        events = {(kinds.IN_DANGER.value, each.partition("/")[0]) for each in wanted}
        events |= {
            (kinds.OUT_OF_DANGER.value, each.partition("/")[2]) for each in wanted if "/" in each
        }
        for row in self._events(entry):
            if (row.kind, row.date) in events:
                events.remove((row.kind, row.date))
            else:
                writes.delete(row)
        for kind, date in sorted(events):
            writes.create(DesignationEvent(designation=entry, kind=kind, date=date))


def _event_order(row: DesignationEvent) -> tuple:
    return row.order


def detail_of(entry: Any) -> WorldHeritage:
    """Its World Heritage columns: stored, or new and not yet saved."""
    try:
        return entry.world_heritage
    except WorldHeritage.DoesNotExist:
        return WorldHeritage(designation=entry)  # which is `entry.world_heritage` from now on


class _OfDetail:
    """A mixin of columns of the World Heritage detail, whose values are set on
    `detail_of(entry)`."""

    name: str

    def collect(self, entry: Any, writes: Writes) -> None:
        detail = detail_of(entry)
        if detail._state.adding:
            writes.create(detail)
        super().collect(detail, writes)  # type: ignore[misc]


@dataclass
class DetailColumn(_OfDetail, EntryColumn):
    @property
    def model_field(self) -> Any:
        return WorldHeritage._meta.get_field(self.name)

    def clean(self, text: str) -> Any:
        value = super().clean(text)
        if self.name == "area_ha" and value == 0:
            return None  # how the list says that it is not known
        return value

    def stored(self, entry: Any) -> Any:
        return getattr(detail_of(entry), self.name)

    def put(self, entry: Any, value: Any) -> None:
        setattr(detail_of(entry), self.name, value)

    def collect(self, entry: Any, writes: Writes) -> None:
        super().collect(entry, writes)
        detail = detail_of(entry)
        if not detail._state.adding:
            writes.change(detail, self.name)


@dataclass
class DetailTermsColumn(_OfDetail, EntryColumn, TermsColumn):
    """Criteria, regions or states of a World Heritage entry."""

    find_place: PlaceNames | None = None

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return (f"world_heritage__{self.name}",)

    def clean(self, text: str) -> list[Any]:
        found: list[Any]
        if self.name == "states":
            found = [self._state(part) for part in _years(text)]
        else:
            facet = "criterion" if self.name == "criteria" else "region"
            parts = _split_codes(text) if facet == "criterion" else _years(text)
            found = [_register_term(self.register, facet, part) for part in parts]
        return sorted({row.pk: row for row in found}.values(), key=_order_of_code)

    def _state(self, code: str) -> Place:
        country = _country(self.find_place, code)
        if country is None:
            raise ValidationError(_("Nothing is called “%(name)s”.") % {"name": code})
        return country

    def stored(self, entry: Any) -> list[Any]:
        detail = detail_of(entry)
        if detail._state.adding:
            return []
        return sorted(getattr(detail, self.name).all(), key=_order_of_code)

    def joined(self, stored: list[Any], value: list[Any]) -> list[Any]:
        return sorted({row.pk: row for row in (*stored, *value)}.values(), key=_order_of_code)

    def shown(self, value: list[Any]) -> str:
        return _JOIN.join(str(row.code or row) for row in value)

    def put(self, entry: Any, value: list[Any]) -> None:
        self._put[id(detail_of(entry))] = value


def _split_codes(text: str) -> list[str]:
    """The codes of i; ii; vi and of (i)(ii)(vi)."""
    return [part for part in re.split(r"[\s(),;]+", text) if part]


def _country(places: PlaceNames | None, code: str) -> Place | None:
    try:
        found = places.named(code) if places else []
    except UnknownPlace:
        return None
    return next((place for place in found if place.level == Place.Level.COUNTRY), None)


def _order_of_code(row: Any) -> tuple:
    return getattr(row, "order", 0), row.code, row.pk


@dataclass
class PointsColumn(EntryColumn, ListColumn):
    """The points of the parts of an entry: “34.6 112.4 CN; …”, in their order."""

    find_place: PlaceNames | None = None

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return (Prefetch("points", ComponentPoint.objects.order_by("number")),)

    def clean(self, text: str) -> list[tuple]:
        found = []
        for part in parts_of(text):
            try:
                latitude, longitude, *state = part.replace(",", " ").split()
                point = validate_latitude(float(latitude)), validate_longitude(float(longitude))
            except ValueError as error:
                raise ValidationError(str(error)) from error
            country = _country(self.find_place, state[0]) if state else None
            found.append((*point, country and country.pk))
        return found

    def stored(self, entry: Any) -> list[tuple]:
        if entry._state.adding:
            return []
        return [(row.latitude, row.longitude, row.state_id) for row in entry.points.all()]

    def joined(self, stored: list[Any], value: list[Any]) -> list[Any]:
        return stored or value

    def shown(self, value: list[tuple]) -> str:
        return str(len(value)) if value else ""

    def collect(self, entry: Any, writes: Writes) -> None:
        wanted = self._put.pop(id(entry), None)
        if wanted is None:
            return
        if not entry._state.adding:
            for row in entry.points.all():
                writes.delete(row)
        for number, (latitude, longitude, state) in enumerate(wanted, 1):
            point = ComponentPoint(
                designation=entry, number=number, latitude=latitude, longitude=longitude
            )
            point.state_id = state
            writes.create(point)


_ENTRY_LABELS: dict[str, str | LazyText] = {
    "reference": gettext_lazy("reference"),
    "name": gettext_lazy("name in the register"),
    "category": gettext_lazy("category or grade"),
    "batch": gettext_lazy("batch"),
    "era": gettext_lazy("era as listed"),
    "listed": gettext_lazy("listed in"),
    "extended": gettext_lazy("extended or changed"),
    "delisted": gettext_lazy("revoked or delisted"),
    "danger": gettext_lazy("periods on the danger list"),
    "criteria": gettext_lazy("criteria"),
    "regions": gettext_lazy("regions"),
    "states": gettext_lazy("states"),
    "area_ha": gettext_lazy("area in hectares"),
    "dossier": gettext_lazy("dossier"),
    "points": gettext_lazy("points of the parts"),
}


def entry_columns(
    register: Register, languages: Iterable[str], places: PlaceNames
) -> Iterator[Column]:
    """The columns that a register's entries have; the reference comes first."""
    yield EntryColumn("reference", register=register)
    for code in languages:
        yield EntryTextColumn("name", code, register=register)
    yield EntryTermColumn("category", register=register)
    yield EntryColumn("batch", register=register)
    yield EntryColumn("era_text", register=register, facet="era")
    kinds = DesignationEvent.Kind
    yield ListedColumn("listed", register=register, kind=kinds.INSCRIBED)
    yield EntryEventsColumn("extended", register=register, kind=kinds.EXTENDED)
    yield EntryEventsColumn("delisted", register=register, kind=kinds.DELISTED)
    if register.role == Register.Role.WORLD_HERITAGE:
        yield DangerColumn("danger", register=register)
        yield DetailTermsColumn("criteria", register=register)
        yield DetailTermsColumn("regions", register=register)
        yield DetailTermsColumn("states", register=register, find_place=places)
        yield DetailColumn("area_ha", register=register)
        yield DetailColumn("dossier", register=register)
        yield PointsColumn("points", register=register, find_place=places)


def all_languages() -> list[str]:
    """The languages of the interface, and the further ones that texts may have."""
    return [code for code, _name in (*settings.LANGUAGES, *settings.CONTENT_LANGUAGES)]


_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-\w+)*")


def _languages_of(keys: Iterable[str]) -> Iterator[str]:
    """The languages that keys of texts name (name:pt, whl.name:pt) and a text can be stored in."""
    declared = fields_for(FieldUse.IMPORT)
    columns = (column for each in declared for column in columns_of(each, ("en",)))
    texts = {column.name for column in columns if isinstance(column, TextColumn)} | {"other_names"}
    for key in keys:
        name, _, code = key.partition(":")
        if (name in texts or name.endswith(".name")) and _LANGUAGE.fullmatch(code):
            try:
                yield normalise_code(code)
            except ValueError:
                continue


class ImportColumns:
    """Every column that a file may have, by key; terms are read once for all of them.

    Texts have columns in the languages of the catalogue, and in those that `keys` name.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.languages = list(dict.fromkeys((*all_languages(), *_languages_of(keys))))
        self.places = PlaceNames()
        self._terms: dict[type[Any], TermNames] = {Place: self.places}
        self.eras = EraNames()

    def names_of(self, model: type[Any]) -> TermNames:
        if model not in self._terms:
            self._terms[model] = TermNames(model)
        return self._terms[model]

    @cached_property
    def registers(self) -> list[Register]:
        return list(Register.objects.all())

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self._columns()}

    def _columns(self) -> Iterator[Column]:
        languages = self.languages
        for each in fields_for(FieldUse.IMPORT):
            for column in columns_of(each, languages):
                if isinstance(column, TermColumn):
                    column.find = self._find
                yield column
        yield PartOfColumn("part_of", find_site=_sites_called)
        for code in dict.fromkeys((*languages, "zh-latn-pinyin")):
            yield NamesColumn("other_names", code)
        for kind in Event.Kind.values:
            yield EventsColumn("event", kind, eras=self.eras)
        for scheme in IdentifierScheme.objects.all():
            yield IdentifierColumn("identifier", scheme.slug, scheme=scheme)
        for register in self.registers:
            yield from entry_columns(register, languages, self.places)

    def _find(self, model: type[Any], name: str) -> list[Any]:
        return self.names_of(model).named(name)


def _sites_called(text: str) -> list[Site]:
    """The site with this uid or slug, also a former one; else the sites with this name."""
    sites = Site.objects.order_by("pk")
    by_slug = Q(slug=text) | Q(former_slugs__slug=text)
    if found := list(sites.filter(uid=text) or sites.filter(by_slug).distinct()):
        return found
    named = Q(pk__in=Name.objects.filter(text__iexact=text).order_by().values("site"))
    for code in interface_languages():
        named |= Q(**{f"name__{code}__iexact": text}) | Q(**{f"short_name__{code}__iexact": text})
    return list(sites.filter(named)[:2])
