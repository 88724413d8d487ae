"""The columns of the table editor: texts, numbers and choices of sites, and their terms by name.

A term is typed in any script or in pinyin, so that no cell needs a script. If several terms have
the name, the preview offers them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from heritage.admin.autocomplete import label_of, with_label
from heritage.admin.wording import explained
from heritage.models import Era, Event, Kind, Place, Site, User
from heritage.models.vocabularies import Term
from heritage.values import normalize, tokens
from heritage.values.language import LanguageMap, language_name, proper_tag, text_direction

_TEXTS = ("name", "summary", "description", "note")
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
_BETWEEN = ";"  # kinds of a cell
_MOST_OFFERED = 12


def plain(text: str) -> str:
    """A text as it is compared: browsers send other ends of lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def with_cells(sites: QuerySet[Site]) -> QuerySet[Site]:
    """With everything that the cells show."""
    events = Event.objects.select_related("first_era", "last_era")
    return sites.prefetch_related("kinds", "place__parent__parent", Prefetch("events", events))


@dataclass(slots=True)
class Column:
    key: str  # "area_ha", "summary:en"
    name: str
    label: str
    form_field: forms.Field
    language: str = ""
    lang: str = ""
    dir: str = ""

    @property
    def names(self) -> set[str]:
        """The database columns that it writes."""
        return {self.name}

    def text(self, site: Site) -> str:
        """The text of a cell of a site."""
        value = getattr(site, self.name)
        if self.language:
            return str(value.get(self.language, ""))
        return "" if value is None else str(value)

    def says(self, site: Site, text: str) -> bool:
        """Whether a text means the stored value: 3 is 3.0000."""
        if self.language:
            now = plain(self.text(site))
            try:
                return now in (text, LanguageMap.clean({self.language: text}).get(self.language))
            except ValueError:
                return False
        try:
            return self.form_field.clean(text) == getattr(site, self.name)
        except ValidationError:
            return False

    def put(self, site: Site, text: str) -> str:
        """Set the value, and give the text that stands for it.

        Raises ValidationError if the text is invalid.
        """
        value = self.form_field.clean(text)
        if self.language:
            texts = dict(getattr(site, self.name)) | {self.language: value}
            value = LanguageMap.clean(texts)
        setattr(site, self.name, value)
        return text

    def save(self, site: Site) -> None:
        """Write what is no column of the site."""


class SeveralTerms(ValidationError):
    """A name of several terms."""

    def __init__(self, name: str, terms: list[Term]):
        self.labels = [label_of(term) for term in terms]
        super().__init__(_("Several are called “%(name)s”: choose one.") % {"name": name})


@dataclass(slots=True)
class TermColumn(Column):
    model: Any = None  # of the terms
    _known: dict[str, list[Term]] = field(default_factory=dict)

    def says(self, site: Site, text: str) -> bool:
        if text == self.text(site):
            return True
        try:
            return self.terms(text) == self.stored(site)
        except ValidationError:
            return False

    def text(self, site: Site) -> str:
        return self.text_of_terms(self.stored(site))

    def text_of_terms(self, terms: Iterable[Term]) -> str:
        return f"{_BETWEEN} ".join(map(label_of, terms))

    def stored(self, site: Site) -> list[Term]:
        raise NotImplementedError

    def terms(self, text: str) -> list[Any]:
        """The one term that a text names, or none. Raises ValidationError if it is unclear."""
        return [self.term(text)] if text else []

    def term(self, text: str) -> Term:
        if text not in self._known:
            self._known[text] = terms_called(self.model, text)
        found = self._known[text]
        if not found:
            raise ValidationError(_("Nothing is called “%(name)s”.") % {"name": text})
        if len(found) > 1:
            raise SeveralTerms(text, found)
        return found[0]


@dataclass(slots=True)
class PlaceColumn(TermColumn):
    def stored(self, site: Site) -> list[Any]:
        return [site.place] if site.place else []

    def put(self, site: Site, text: str) -> str:
        found = self.terms(text)
        site.place = found[0] if found else None
        return self.text_of_terms(found)


@dataclass(slots=True)
class KindsColumn(TermColumn):
    _chosen: dict[int, list[Any]] = field(default_factory=dict)  # by site

    @property
    def names(self) -> set[str]:
        return set()

    def stored(self, site: Site) -> list[Any]:
        return list(site.kinds.all())

    def terms(self, text: str) -> list[Any]:
        parts = (part.strip() for part in text.replace("；", _BETWEEN).split(_BETWEEN))
        found = {term.pk: term for term in map(self.term, filter(None, parts))}
        return sorted(found.values(), key=lambda kind: (kind.order, kind.slug))

    def put(self, site: Site, text: str) -> str:
        found = self.terms(text)
        if not found and site.state == Site.State.PUBLISHED:
            raise ValidationError(_("A published site needs at least one kind."))
        self._chosen[site.pk] = found
        return self.text_of_terms(found)

    def save(self, site: Site) -> None:
        site.kinds.set(self._chosen[site.pk])


@dataclass(slots=True)
class EraColumn(TermColumn):
    """The era of the event that says how old a site is."""

    @property
    def names(self) -> set[str]:
        return set()

    @staticmethod
    def _event(site: Site) -> Event | None:
        begun = (each for each in site.events.all() if each.role == Event.Role.BEGINNINGS)
        return next(begun, None)

    def stored(self, site: Site) -> list[Any]:
        event = self._event(site)
        return [event.first_era] if event and event.first_era else []

    def put(self, site: Site, text: str) -> str:
        found: list[Any] = self.terms(text)
        event = self._event(site)
        if event is None:
            raise ValidationError(_("No beginning is told of this site: add an event in its form."))
        event.first_era = found[0] if found else None
        event.full_clean(validate_unique=False)
        return self.text_of_terms(found)

    def save(self, site: Site) -> None:
        event = self._event(site)
        if event is not None:
            event.save(update_fields=["first_era"])


def terms_called(model: type[Term], text: str) -> list[Term]:
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
    return (exact or begun)[:_MOST_OFFERED]


def columns() -> dict[str, Column]:
    """Texts, numbers and choices of a site's own row."""
    found = {}
    for name in _TEXTS:
        model_field: Any = Site._meta.get_field(name)
        for code, _language in settings.LANGUAGES:
            control = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
            label = explained(capfirst(str(model_field.verbose_name)), [language_name(code)])
            key = f"{name}:{code}"
            lang = (proper_tag(code), text_direction(code))
            found[key] = Column(key, name, label, control, code, *lang)
    for name in _PLAIN:
        model_field = Site._meta.get_field(name)
        label = capfirst(str(model_field.verbose_name))
        control = model_field.formfield()
        if not isinstance(control, forms.TypedChoiceField):
            control.widget = forms.TextInput(attrs={"size": 10})
        found[name] = Column(name, name, label, control)
    return found


def term_columns(user: User) -> dict[str, Column]:
    """The term columns of a site that the user may write."""
    found: dict[str, Column] = {}
    for key, column, model, label in (
        ("place", PlaceColumn, Place, _("Place")),
        ("kinds", KindsColumn, Kind, _("Kinds")),
        ("era", EraColumn, Era, _("Era of the first beginning")),
    ):
        control = forms.CharField(required=False, widget=forms.TextInput(attrs={"size": 24}))
        found[key] = column(key, key, label, control, model=model)
    if not user.has_perm("heritage.change_event"):
        del found["era"]
    return found
