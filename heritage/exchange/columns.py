"""How one value of a site is read, compared and assigned as a text, and exchanged.

A column is a field of the site, one language of a translated field, or terms by name. A term is
typed in any script or in pinyin; if several have the name, `AmbiguousName` offers them.
`class_for()` tells which field has which column.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.utils.text import capfirst, normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.exchange.writes import Writes
from heritage.models import (
    Era,
    Event,
    FieldUse,
    LanguageMapField,
    Record,
    Site,
    Term,
    label_of,
    with_label,
)
from heritage.values import normalize
from heritage.values.cell_text import decimal_text
from heritage.values.coordinates import point_text, read_point
from heritage.values.language import (
    LanguageMap,
    language_name,
    proper_tag,
    text_direction,
    with_explanation,
)

SEPARATOR = ";"  # of several terms in one text
_MAX_OFFERED = 12


def comparable(text: str) -> str:
    """A text without what a browser changes: the ends of its lines."""
    return normalize_newlines(text).strip()


@dataclass
class Column:
    """A number, a choice or a text without languages."""

    record: ClassVar[type[Record]] = Site  # what it is a column of
    uses: ClassVar[FieldUse] = FieldUse.ALL  # what it can be offered for
    permission: ClassVar[str] = ""  # needed to write it, beside that to change the site

    name: str  # of the field
    language: str = ""

    @cached_property
    def key(self) -> str:
        """Names the column in addresses and tables: "area_ha", "summary:en"."""
        return f"{self.name}:{self.language}" if self.language else self.name

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        """Related rows that the column reads, to be prefetched."""
        return ()

    @property
    def model_field(self) -> Any:
        return self.record._meta.get_field(self.name)

    @property
    def label(self) -> str:
        return str(capfirst(self.model_field.verbose_name))

    @cached_property
    def form_field(self) -> forms.Field:
        control: forms.Field = self.model_field.formfield()
        if not isinstance(control, forms.TypedChoiceField):
            control.widget = forms.TextInput(attrs={"size": 10})
        return control

    @property
    def attrs(self) -> dict[str, str]:
        """The attributes of an element that holds the text."""
        if not self.language:
            return {}
        return {"lang": proper_tag(self.language), "dir": text_direction(self.language)}

    @property
    def update_fields(self) -> set[str]:
        """The columns of the site that `assign()` sets."""
        return {self.name}

    def row(self, site: Site) -> Record | None:
        """The row that holds the value; None if the site has none."""
        return site

    def text(self, site: Any) -> str:
        """The value as people edit it."""
        return self.shown(self.stored(site))

    def shown(self, value: Any) -> str:
        """A text that means a value of `clean()`."""
        if isinstance(value, Decimal):
            return decimal_text(value)
        return "" if value is None else str(value)

    def joined(self, stored: Any, value: Any) -> Any:
        """The value that takes nothing away from a stored one: `value` itself; columns of several
        values have both."""
        return value

    def clean(self, text: str) -> Any:
        """The value that a text means. Raises ValidationError if it means none."""
        return self.form_field.clean(text)

    def cleared(self) -> Any:
        """The value of a column that is emptied. Raises ValidationError if it must have one."""
        return self.clean("")

    def stored(self, site: Site) -> Any:
        """The value that the site has, to be compared with those of `clean()`."""
        return getattr(site, self.name)

    def put(self, site: Site, value: Any) -> None:
        """Set the value of the site, unsaved."""
        setattr(site, self.name, value)

    def is_stored(self, site: Site, text: str) -> bool:
        """Whether a text means the value that the site has: 3 is 3.0000."""
        if text == self.text(site):
            return True
        try:
            return bool(self.clean(text) == self.stored(site))
        except ValidationError:
            return False

    def assign(self, site: Site, text: str) -> str:
        """Set the value of the site, unsaved. Returns the text by which it is shown.

        Raises ValidationError if the text is invalid.
        """
        self.put(site, self.clean(text))
        return text

    def collect(self, site: Site, writes: Writes) -> None:
        """Add values that were put and are not columns of the site to the rows to be written."""

    def forget(self) -> None:
        """Drop what was put and not collected."""

    def save_related(self, site: Site) -> None:
        """Save assigned values that are not columns of the site."""
        writes = Writes()
        self.collect(site, writes)
        writes.save()


class TextColumn(Column):
    """One language of a translated field."""

    uses = ~FieldUse.LIST

    @property
    def label(self) -> str:
        return with_explanation(super().label, [language_name(self.language)])

    @cached_property
    def form_field(self) -> forms.Field:
        return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def text(self, site: Site) -> str:
        return str(getattr(site, self.name).get(self.language, ""))

    def clean(self, text: str) -> str:
        try:
            return LanguageMap.clean({self.language: text}).get(self.language, "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def stored(self, site: Site) -> str:
        text = self.text(site)
        return comparable(text) if text else text

    def put(self, site: Site, value: str) -> None:
        texts = dict(getattr(site, self.name)) | {self.language: value}
        setattr(site, self.name, LanguageMap(sorted((c, t) for c, t in texts.items() if t)))


class PointColumn(Column):
    """Both coordinates as one text in any notation."""

    uses = FieldUse.CORRECTION | FieldUse.IMPORT
    key = "point"

    @property
    def label(self) -> str:
        return capfirst(_("point"))

    @cached_property
    def form_field(self) -> forms.Field:
        return forms.CharField(widget=forms.TextInput(attrs={"size": 40}))

    @property
    def update_fields(self) -> set[str]:
        return {"latitude", "longitude"}

    def shown(self, value: tuple[float | None, float | None]) -> str:
        return point_text(*value)

    def clean(self, text: str) -> tuple[float | None, float | None]:
        try:
            return read_point(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def cleared(self) -> tuple[None, None]:
        return None, None

    def stored(self, site: Site) -> tuple[float | None, float | None]:
        return site.latitude, site.longitude

    def put(self, site: Site, value: tuple[float | None, float | None]) -> None:
        site.latitude, site.longitude = value


# --- terms by name ---------------------------------------------------------------------------


class AmbiguousName(ValidationError):
    """Several terms have the name; the message offers them."""

    def __init__(self, name: str, terms: list[Term]):
        self.name = name
        self.labels = [label_of(term) for term in terms]
        text = gettext_lazy("Several are called “%(name)s”: choose one.")
        super().__init__(text, params={"name": name})


@dataclass
class TermColumn(Column):
    """The term that a foreign key refers to."""

    # What gives the terms that a name may mean; without it, as an editor types them.
    find: Callable[[type[Any], str], list[Any]] | None = None
    _by_name: dict[str, list[Any]] = field(default_factory=dict)
    _labels: dict[int, str] = field(default_factory=dict)  # of terms, by id

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return (self.name,)

    @property
    def model(self) -> type[Any]:
        """The model of the terms."""
        return self.model_field.related_model

    @cached_property
    def form_field(self) -> forms.Field:
        return forms.CharField(required=False, widget=forms.TextInput(attrs={"size": 24}))

    def stored(self, site: Site) -> list[Any]:
        term = getattr(site, self.name)
        return [term] if term else []

    def term_ids(self, row: Any, linked: Mapping[str, list[int]]) -> list[int]:
        """The ids of the terms of the row that holds the value; `linked` has the ids of some
        relations."""
        pk = getattr(row, self.model_field.attname)
        return [pk] if pk else []

    def shown(self, value: list[Any]) -> str:
        for term in value:
            if term.pk not in self._labels:
                self._labels[term.pk] = label_of(term)
        return f"{SEPARATOR} ".join(self._labels[term.pk] for term in value)

    def clean(self, text: str) -> list[Any]:
        """The one term that a text names, or none. Raises ValidationError if it is unclear."""
        return [self.term(text)] if text else []

    def put(self, site: Site, value: list[Any]) -> None:
        setattr(site, self.name, value[0] if value else None)

    def assign(self, site: Site, text: str) -> str:
        found = self.clean(text)
        self.put(site, found)
        return self.shown(found)

    def term(self, name: str) -> Term:
        if name not in self._by_name:
            self._by_name[name] = (self.find or terms_named)(self.model, name)
        found = self._by_name[name]
        if not found:
            raise ValidationError(_("Nothing is called “%(name)s”.") % {"name": name})
        if len(found) > 1:
            raise AmbiguousName(name, found)
        return found[0]


class PlaceColumn(TermColumn):
    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return ("place__parent__parent",)


@dataclass
class TermsColumn(TermColumn):
    """The terms of a many-to-many relation."""

    uses = ~FieldUse.LIST

    _put: dict[int, list[Any]] = field(default_factory=dict)  # by the site's identity

    @property
    def update_fields(self) -> set[str]:
        return set()

    def stored(self, site: Site) -> list[Any]:
        return sorted(getattr(site, self.name).all(), key=in_order) if site.pk else []

    def term_ids(self, row: Any, linked: Mapping[str, list[int]]) -> list[int]:
        if self.name in linked:
            return linked[self.name]
        return [term.pk for term in getattr(row, self.name).all()]

    def clean(self, text: str) -> list[Any]:
        try:
            found = {term.pk: term for term in map(self.term, parts_of(text))}
        except ValidationError:
            if self.find is None or " " not in text or SEPARATOR in text:
                raise
            found = {term.pk: term for term in map(self.term, text.split())}  # slugs, as exported
        return sorted(found.values(), key=in_order)

    def joined(self, stored: list[Any], value: list[Any]) -> list[Any]:
        return sorted({term.pk: term for term in (*stored, *value)}.values(), key=in_order)

    def put(self, site: Site, value: list[Any]) -> None:
        self._put[id(site)] = value

    def forget(self) -> None:
        self._put.clear()

    def collect(self, site: Site, writes: Writes) -> None:
        if (found := self._put.pop(id(site), None)) is not None:
            writes.relate(site, self.name, [term.pk for term in found])


class KindsColumn(TermsColumn):
    def put(self, site: Site, value: list[Any]) -> None:
        if not value and site.state == Site.State.PUBLISHED:
            raise ValidationError(_("A published site needs at least one kind."))
        super().put(site, value)


class EraColumn(TermColumn):
    """The era of the event that says how old a site is."""

    uses = FieldUse.TABLE
    record = Event
    permission = "heritage.change_event"
    model = Era

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return (Prefetch("events", Event.objects.select_related("first_era", "last_era")),)

    @property
    def label(self) -> str:
        return _("Era of the first beginning")

    @property
    def update_fields(self) -> set[str]:
        return set()

    def row(self, site: Site) -> Event | None:
        begun = (each for each in site.events.all() if each.role == Event.Role.BEGINNINGS)
        return next(begun, None)

    def stored(self, site: Site) -> list[Any]:
        event = self.row(site)
        return [event.first_era] if event and event.first_era else []

    def term_ids(self, row: Any, linked: Mapping[str, list[int]]) -> list[int]:
        return [row.first_era_id] if row.first_era_id else []

    def put(self, site: Site, value: list[Any]) -> None:
        event = self.row(site)
        if event is None:
            raise ValidationError(_("No beginning is told of this site: add an event in its form."))
        event.first_era = value[0] if value else None
        event.full_clean(validate_unique=False)

    def collect(self, site: Site, writes: Writes) -> None:
        event = self.row(site)
        if event is not None:
            writes.change(event, "first_era")


def parts_of(text: str) -> list[str]:
    """The values in a text, which are separated by semicolons."""
    parts = (part.strip() for part in text.replace("；", SEPARATOR).split(SEPARATOR))
    return [part for part in parts if part]


def in_order(term: Any) -> tuple:
    """The key by which terms of a relation are sorted."""
    return getattr(term, "order", 0), getattr(term, "slug", term.uid)


# Where the class of the type of the model field will not do.
_CLASSES: dict[str, type[Column]] = {
    "kinds": KindsColumn,
    "place": PlaceColumn,
    "coordinates": PointColumn,
    "era": EraColumn,
}


def class_for(name: str) -> type[Column]:
    """The class of the column of a declared field."""
    if name in _CLASSES:
        return _CLASSES[name]
    model_field: Any = Site._meta.get_field(name)
    if isinstance(model_field, LanguageMapField):
        return TextColumn
    if model_field.many_to_many:
        return TermsColumn
    return TermColumn if model_field.many_to_one else Column


def terms_named(model: type[Term], text: str) -> list[Term]:
    """The terms with a name, or else those whose names begin with it.

    The name is in any script or in pinyin; a label with what tells a term from others, such as
    “Luoyang (Henan)”, means this one.
    """
    rows: Any = model._default_manager.all()
    name, _open, more = text.partition(" (")
    words = normalize.tokens(name)
    if not words:
        return []
    # Names in pinyin are stored with and without spaces, names in English with spaces only.
    spaced, word = " ".join(words), "".join(words)
    found = Q(search_text__contains=spaced) | Q(search_text__contains=word)
    exact: list[Term] = []
    begun: list[Term] = []
    for term in with_label(rows).filter(found):
        names = {"".join(each.split()) for each in normalize.all_names(term.search_text)}
        if word in names:
            exact.append(term)
        elif any(each.startswith(word) for each in names):
            begun.append(term)
    if more:
        return [term for term in (*exact, *begun) if label_of(term) == text]
    return (exact or begun)[:_MAX_OFFERED]
