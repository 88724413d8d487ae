"""What a list of sites can be narrowed by: declared once, used by every door."""

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple, SearchInput
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from heritage.catalogue import search
from heritage.catalogue.index import orders, store
from heritage.catalogue.index.state import State
from heritage.models import Era, Event, Kind, Place, Scheme, Site, UnescoStatus

MAX_TEXT = 200  # characters of a search

ROLES = [(value, label) for value, label in Event.Role.choices if value != Event.Role.OTHER]
SORTS = [
    ("relevance", _("Best match")),
    ("name", _("Name")),
    ("oldest", _("Oldest first")),
    ("recent", _("Recently added")),
]


class TermField(filters.fields.ModelMultipleChoiceField):
    """Slugs of terms. One with a NUL is no slug, and PostgreSQL must not be asked for it."""

    def _check_values(self, value):
        for slug in value:
            if "\0" in str(slug):
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(slug).replace("\0", "\ufffd")},
                )
        return super()._check_values(value)


class AnyTextField(forms.CharField):
    """Text to search for. Any string is a valid search; what is too long is cut."""

    def to_python(self, value):
        return super().to_python(str(value or "").replace("\0", " ")[:MAX_TEXT])


class TextFilter(filters.CharFilter):
    field_class = AnyTextField


class TermFilter(filters.ModelMultipleChoiceFilter):
    """Terms of a vocabulary by their slugs; several widen the choice."""

    field_class = TermField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, to_field_name="slug", widget=CheckboxSelectMultiple, **kwargs)


class SiteFilter(filters.FilterSet):
    """The query string of a list of published sites: `SiteFilter(request.GET)`.

    Several values of one filter widen, several filters narrow. A value that does not exist
    is an error at its field and narrows nothing. django-filter judges the values, the index
    answers them: `hits`, `without()` and `page()` give ids, at a million sites as at sixty.
    """

    q = TextFilter(label=_("Search"), method="unfiltered", widget=SearchInput)
    kind = TermFilter(label=_("Kind"), queryset=Kind.objects.all(), method="unfiltered")
    era = TermFilter(label=_("Era"), queryset=Era.objects.all(), method="unfiltered")
    role = filters.ChoiceFilter(label=_("Era of"), choices=ROLES, method="unfiltered")
    unesco = filters.MultipleChoiceFilter(
        label=_("UNESCO status"), choices=UnescoStatus.choices, method="unfiltered"
    )
    protection = TermFilter(
        label=_("Protection"),
        queryset=Scheme.objects.filter(role__in=(Scheme.Role.PROTECTION, Scheme.Role.RATING)),
        method="unfiltered",
    )
    place = TermFilter(label=_("Place"), queryset=Place.objects.all(), method="unfiltered")
    sort = filters.ChoiceFilter(label=_("Sort by"), choices=SORTS, method="unfiltered")

    class Meta:
        model = Site
        fields: list[str] = []

    def __init__(self, data=None, **kwargs):
        super().__init__(data, Site.objects.published(), **kwargs)

    def unfiltered(self, sites, name, value):
        return sites

    @property
    def qs(self):
        """The sites as a queryset, for results of moderate size; lists are cut by `page()`."""
        return self.queryset.filter(pk__in=self.hits)

    def chosen(self, name: str):
        """The valid value of a filter, or None."""
        self.is_valid()
        return self.form.cleaned_data.get(name)

    @cached_property
    def index(self) -> State:
        return store.current()

    @cached_property
    def _left_by(self) -> dict[str, BitMap]:
        """The sites that each filter leaves, for those that are set."""
        left = {}
        for name, values in self._values().items():
            if values:
                left[name] = self.index.any_of(values)
        if self.chosen("q"):
            left["q"] = search.matching(self.chosen("q"))
        return left

    def _values(self) -> dict[str, list[str]]:
        """By filter, the values of the index any of which will do."""
        era = index_name("era", self.chosen("role"))
        return {
            "kind": [f"kind:{kind.pk}" for kind in self.chosen("kind") or ()],
            "era": [f"{era}:{term.pk}" for term in self.chosen("era") or ()],
            "unesco": [f"unesco:{status}" for status in self.chosen("unesco") or ()],
            "protection": [f"scheme:{scheme.pk}" for scheme in self.chosen("protection") or ()],
            "place": [f"place:{place.pk}" for place in self.chosen("place") or ()],
        }

    @cached_property
    def hits(self) -> BitMap:
        """The ids of the sites that all filters leave."""
        return self.without(None)

    def without(self, name: str | None) -> BitMap:
        """The ids that all other filters leave: what a facet counts its values among."""
        left = [bitmap for other, bitmap in self._left_by.items() if other != name]
        return BitMap.intersection(self.index.sites, *left)

    @property
    def order(self) -> str:
        """How the list is sorted: as asked, else best match for a search, else by name."""
        chosen, searched = self.chosen("sort"), self.chosen("q")
        if chosen and not (chosen == "relevance" and not searched):
            return chosen
        return "relevance" if searched else "name"

    def page(self, language: str, start: int, stop: int) -> list[int]:
        """The ids at places `start` to `stop` of the list, in its order."""
        by_name = self.index.orders[orders.by_name(language)]
        if self.order == "relevance":
            return search.by_relevance(self.hits, self.chosen("q"), by_name, start, stop)
        order = by_name if self.order == "name" else self.index.orders[self.order]
        return order.slice(self.hits, start, stop)


def index_name(facet: str, role: str | None) -> str:
    """What the index calls a facet; eras are kept by their role too."""
    return f"{facet}.{role}" if facet == "era" and role else facet
