"""Fields of a site that are edited as one text each, in the table editor and beside a correction.

Each is a column of the site, one language of a translated column, or terms by name. A term is
typed in any script or in pinyin; if several have the name, the preview offers them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.text import capfirst, normalize_newlines
from django.utils.translation import gettext as _

from heritage.models import Era, Event, Kind, Place, Site, User
from heritage.models.labels import label_of, with_label
from heritage.models.vocabularies import Term
from heritage.values import normalize, tokens
from heritage.values.language import (
    LanguageMap,
    interface_languages,
    language_name,
    proper_tag,
    text_direction,
)
from heritage.values.sentences import explained

_TRANSLATED = ("name", "summary", "description", "note")
_PLAIN = (
    "latitude",
    "longitude",
    "precision",
    "accuracy_m",
    "blur_km",
    "area_ha",
    "featured",
    "prominence",
)
_SEPARATOR = ";"  # of the kinds in one text
_MAX_OFFERED = 12


def comparable(text: str) -> str:
    """A text without what a browser changes: the ends of its lines."""
    return normalize_newlines(text).strip()


def with_edited_rows(sites: QuerySet[Site]) -> QuerySet[Site]:
    """With the rows that editable fields read."""
    events = Event.objects.select_related("first_era", "last_era")
    return sites.prefetch_related("kinds", "place__parent__parent", Prefetch("events", events))


@dataclass(slots=True)
class EditableField:
    key: str  # "area_ha", "summary:en"
    name: str  # of the model field
    label: str
    form_field: forms.Field
    language: str = ""

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
        value = getattr(site, self.name)
        if self.language:
            return str(value.get(self.language, ""))
        return "" if value is None else str(value)

    def is_stored(self, site: Site, text: str) -> bool:
        """Whether a text means the value that the site has: 3 is 3.0000."""
        if self.language:
            now = comparable(self.text(site))
            try:
                return now in (text, LanguageMap.clean({self.language: text}).get(self.language))
            except ValueError:
                return False
        try:
            return self.form_field.clean(text) == getattr(site, self.name)
        except ValidationError:
            return False

    def assign(self, site: Site, text: str) -> str:
        """Set the value of the site, unsaved. Returns the text by which it is shown.

        Raises ValidationError if the text is invalid.
        """
        value = self.form_field.clean(text)
        if self.language:
            texts = dict(getattr(site, self.name)) | {self.language: value}
            value = LanguageMap.clean(texts)
        setattr(site, self.name, value)
        return text

    def save_related(self, site: Site) -> None:
        """Save what was assigned and is no column of the site."""


class AmbiguousName(ValidationError):
    """Several terms have the name."""

    def __init__(self, name: str, terms: list[Term]):
        self.labels = [label_of(term) for term in terms]
        super().__init__(_("Several are called “%(name)s”: choose one.") % {"name": name})


@dataclass(slots=True)
class TermField(EditableField):
    model: Any = None  # of the terms
    _by_name: dict[str, list[Term]] = field(default_factory=dict)

    def stored(self, site: Site) -> list[Any]:
        raise NotImplementedError

    def text(self, site: Site) -> str:
        return _names(self.stored(site))

    def is_stored(self, site: Site, text: str) -> bool:
        if text == self.text(site):
            return True
        try:
            return self.terms(text) == self.stored(site)
        except ValidationError:
            return False

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


@dataclass(slots=True)
class PlaceField(TermField):
    def stored(self, site: Site) -> list[Any]:
        return [site.place] if site.place else []

    def assign(self, site: Site, text: str) -> str:
        found = self.terms(text)
        site.place = found[0] if found else None
        return _names(found)


@dataclass(slots=True)
class KindsField(TermField):
    _assigned: dict[int, list[Any]] = field(default_factory=dict)  # by site

    @property
    def update_fields(self) -> set[str]:
        return set()

    def stored(self, site: Site) -> list[Any]:
        return list(site.kinds.all())

    def terms(self, text: str) -> list[Any]:
        parts = (part.strip() for part in text.replace("；", _SEPARATOR).split(_SEPARATOR))
        found = {term.pk: term for term in map(self.term, filter(None, parts))}
        return sorted(found.values(), key=lambda kind: (kind.order, kind.slug))

    def assign(self, site: Site, text: str) -> str:
        found = self.terms(text)
        if not found and site.state == Site.State.PUBLISHED:
            raise ValidationError(_("A published site needs at least one kind."))
        self._assigned[site.pk] = found
        return _names(found)

    def save_related(self, site: Site) -> None:
        site.kinds.set(self._assigned[site.pk])


@dataclass(slots=True)
class EraField(TermField):
    """The era of the event that says how old a site is."""

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


def _names(terms: Iterable[Term]) -> str:
    return f"{_SEPARATOR} ".join(map(label_of, terms))


def terms_named(model: type[Term], text: str) -> list[Term]:
    """The terms with a name, or else those whose names begin with it.

    The name is in any script or in pinyin; a label with what tells a term from others, such as
    “Luoyang (Henan)”, means this one.
    """
    rows: Any = model._default_manager.all()
    name, _open, more = text.partition(" (")
    word = "".join(normalize.tokens(name))
    if not word:
        return []
    exact: list[Term] = []
    begun: list[Term] = []
    for term in with_label(rows).filter(search_text__contains=word):
        names = {"".join(each.split()) for each in tokens.all_names(term.search_text)}
        if word in names:
            exact.append(term)
        elif any(each.startswith(word) for each in names):
            begun.append(term)
    if more:
        return [term for term in (*exact, *begun) if label_of(term) == text]
    return (exact or begun)[:_MAX_OFFERED]


def column_fields() -> dict[str, EditableField]:
    """The fields that are columns of a site, by key: texts, numbers and choices."""
    found = {}
    for name in _TRANSLATED:
        model_field: Any = Site._meta.get_field(name)
        for code in interface_languages():
            control = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
            label = explained(capfirst(str(model_field.verbose_name)), [language_name(code)])
            key = f"{name}:{code}"
            found[key] = EditableField(key, name, label, control, code)
    for name in _PLAIN:
        model_field = Site._meta.get_field(name)
        label = capfirst(str(model_field.verbose_name))
        control = model_field.formfield()
        if not isinstance(control, forms.TypedChoiceField):
            control.widget = forms.TextInput(attrs={"size": 10})
        found[name] = EditableField(name, name, label, control)
    return found


def term_fields(user: User) -> dict[str, EditableField]:
    """The fields that hold terms and that the user may write, by key."""
    found: dict[str, EditableField] = {}
    for key, field_class, model, label in (
        ("place", PlaceField, Place, _("Place")),
        ("kinds", KindsField, Kind, _("Kinds")),
        ("era", EraField, Era, _("Era of the first beginning")),
    ):
        control = forms.CharField(required=False, widget=forms.TextInput(attrs={"size": 24}))
        found[key] = field_class(key, key, label, control, model=model)
    if not user.has_perm("heritage.change_event"):
        del found["era"]
    return found
