"""How one value of a site is read, compared and assigned as a text, and exchanged.

A column is a field of the site, one language of a translated field, or terms by name. A term is
typed in any script or in pinyin; if several have the name, `AmbiguousName` offers them.
`site_fields` declares which field has which column.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Flag, auto
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.utils.text import capfirst, normalize_newlines
from django.utils.translation import gettext as _

from heritage.models import Era, Event, Site, Term
from heritage.models.fields import LanguageMapField
from heritage.models.labels import label_of, with_label
from heritage.values import normalize, tokens
from heritage.values.coordinates import point_text
from heritage.values.language import LanguageMap, language_name, proper_tag, text_direction
from heritage.values.point_reader import read_point
from heritage.values.sentences import explained

_SEPARATOR = ";"  # of several terms in one text
_MAX_OFFERED = 12


class FieldUse(Flag):
    """What a field is offered for, beside the form."""

    NONE = 0
    TABLE = auto()  # editing in a table
    CORRECTION = auto()  # applying a reader's correction
    LIST = auto()  # a column of the list of sites
    EXPORT = auto()  # a table of sites as a file
    ALL = TABLE | CORRECTION | LIST | EXPORT


def comparable(text: str) -> str:
    """A text without what a browser changes: the ends of its lines."""
    return normalize_newlines(text).strip()


@dataclass
class Column:
    """A number, a choice or a text without languages."""

    uses: ClassVar[FieldUse] = FieldUse.ALL  # what it can be offered for
    permission: ClassVar[str] = ""  # needed to write it, beside that to change the site

    name: str  # of the field
    language: str = ""

    @property
    def key(self) -> str:
        """Names the column in addresses and tables: "area_ha", "summary:en"."""
        return f"{self.name}:{self.language}" if self.language else self.name

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        """What of other tables it reads, to be prefetched."""
        return ()

    @property
    def model_field(self) -> Any:
        return Site._meta.get_field(self.name)

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

    def text(self, site: Site) -> str:
        """The value as people edit it."""
        value = getattr(site, self.name)
        return "" if value is None else str(value)

    def exported(self, site: Site) -> str | int | float | Decimal | None:
        """The value as files have it, whatever the language of the interface."""
        value = getattr(site, self.name)
        return value.isoformat() if isinstance(value, datetime) else value

    def is_stored(self, site: Site, text: str) -> bool:
        """Whether a text means the value that the site has: 3 is 3.0000."""
        try:
            return self.form_field.clean(text) == getattr(site, self.name)
        except ValidationError:
            return False

    def assign(self, site: Site, text: str) -> str:
        """Set the value of the site, unsaved. Returns the text by which it is shown.

        Raises ValidationError if the text is invalid.
        """
        setattr(site, self.name, self.form_field.clean(text))
        return text

    def save_related(self, site: Site) -> None:
        """Save what was assigned and is no column of the site."""


class TextColumn(Column):
    """One language of a translated field."""

    uses = ~FieldUse.LIST

    @property
    def label(self) -> str:
        return explained(super().label, [language_name(self.language)])

    @cached_property
    def form_field(self) -> forms.Field:
        return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def text(self, site: Site) -> str:
        return str(getattr(site, self.name).get(self.language, ""))

    exported = text

    def is_stored(self, site: Site, text: str) -> bool:
        now = comparable(self.text(site))
        try:
            return now in (text, LanguageMap.clean({self.language: text}).get(self.language))
        except ValueError:
            return False

    def assign(self, site: Site, text: str) -> str:
        texts = dict(getattr(site, self.name)) | {self.language: self.form_field.clean(text)}
        setattr(site, self.name, LanguageMap.clean(texts))
        return text


class PointColumn(Column):
    """Both coordinates as one text in any notation."""

    uses = FieldUse.CORRECTION
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

    def text(self, site: Site) -> str:
        return point_text(site.latitude, site.longitude)

    exported = text

    def is_stored(self, site: Site, text: str) -> bool:
        return text == self.text(site)

    def assign(self, site: Site, text: str) -> str:
        try:
            site.latitude, site.longitude = read_point(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text


# --- terms by name ---------------------------------------------------------------------------


class AmbiguousName(ValidationError):
    """Several terms have the name."""

    def __init__(self, name: str, terms: list[Term]):
        self.labels = [label_of(term) for term in terms]
        super().__init__(_("Several are called “%(name)s”: choose one.") % {"name": name})


@dataclass
class TermColumn(Column):
    """The term that a foreign key refers to."""

    _by_name: dict[str, list[Term]] = field(default_factory=dict)

    @property
    def related(self) -> tuple[str | Prefetch, ...]:
        return (self.name,)

    @property
    def model(self) -> type[Any]:
        """Of the terms."""
        return self.model_field.related_model

    @cached_property
    def form_field(self) -> forms.Field:
        return forms.CharField(required=False, widget=forms.TextInput(attrs={"size": 24}))

    def stored(self, site: Site) -> list[Any]:
        term = getattr(site, self.name)
        return [term] if term else []

    def text(self, site: Site) -> str:
        return _names(self.stored(site))

    def exported(self, site: Site) -> str:
        return " ".join(term.slug for term in self.stored(site))

    def is_stored(self, site: Site, text: str) -> bool:
        if text == self.text(site):
            return True
        try:
            return self.terms(text) == self.stored(site)
        except ValidationError:
            return False

    def assign(self, site: Site, text: str) -> str:
        found = self.terms(text)
        setattr(site, self.name, found[0] if found else None)
        return _names(found)

    def terms(self, text: str) -> list[Any]:
        """The one term that a text names, or none. Raises ValidationError if it is unclear."""
        return [self.term(text)] if text else []

    def term(self, name: str) -> Term:
        if name not in self._by_name:
            self._by_name[name] = terms_named(self.model, name)
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

    _assigned: dict[int, list[Any]] = field(default_factory=dict)  # by site

    @property
    def update_fields(self) -> set[str]:
        return set()

    def stored(self, site: Site) -> list[Any]:
        return list(getattr(site, self.name).all()) if site.pk else []

    def terms(self, text: str) -> list[Any]:
        parts = (part.strip() for part in text.replace("；", _SEPARATOR).split(_SEPARATOR))
        found = {term.pk: term for term in map(self.term, filter(None, parts))}
        return sorted(found.values(), key=lambda term: (term.order, term.slug))

    def assign(self, site: Site, text: str) -> str:
        found = self._assigned[site.pk] = self.terms(text)
        return _names(found)

    def save_related(self, site: Site) -> None:
        getattr(site, self.name).set(self._assigned[site.pk])


class KindsColumn(TermsColumn):
    def assign(self, site: Site, text: str) -> str:
        if not self.terms(text) and site.state == Site.State.PUBLISHED:
            raise ValidationError(_("A published site needs at least one kind."))
        return super().assign(site, text)


class EraColumn(TermColumn):
    """The era of the event that says how old a site is."""

    uses = FieldUse.TABLE
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

    @staticmethod
    def _event(site: Site) -> Event | None:
        begun = (each for each in site.events.all() if each.role == Event.Role.BEGINNINGS)
        return next(begun, None)

    def stored(self, site: Site) -> list[Any]:
        event = self._event(site)
        return [event.first_era] if event and event.first_era else []

    def assign(self, site: Site, text: str) -> str:
        found: list[Any] = self.terms(text)
        event = self._event(site)
        if event is None:
            raise ValidationError(_("No beginning is told of this site: add an event in its form."))
        event.first_era = found[0] if found else None
        event.full_clean(validate_unique=False)
        return _names(found)

    def save_related(self, site: Site) -> None:
        event = self._event(site)
        if event is not None:
            event.save(update_fields=["first_era"])


def class_for(model_field: Any) -> type[Column]:
    """The class of the column of a model field that needs no other."""
    if isinstance(model_field, LanguageMapField):
        return TextColumn
    if model_field.many_to_many:
        return TermsColumn
    return TermColumn if model_field.many_to_one else Column


def _names(terms: Iterable[Term]) -> str:
    return f"{_SEPARATOR} ".join(map(label_of, terms))


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
        names = {"".join(each.split()) for each in tokens.all_names(term.search_text)}
        if word in names:
            exact.append(term)
        elif any(each.startswith(word) for each in names):
            begun.append(term)
    if more:
        return [term for term in (*exact, *begun) if label_of(term) == text]
    return (exact or begun)[:_MAX_OFFERED]
