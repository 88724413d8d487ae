"""What a list of sites can be narrowed by: declared once, used by every door."""

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms import CheckboxSelectMultiple, SearchInput
from django.utils.translation import gettext_lazy as _

from heritage.catalogue import search
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
    """The query string of a list: `SiteFilter(request.GET, Site.objects.published())`.

    Several values of one filter widen, several filters narrow. A value that does not exist
    is an error at its field and narrows nothing.
    """

    q = TextFilter(label=_("Search"), method="by_text", widget=SearchInput)
    kind = TermFilter(label=_("Kind"), queryset=Kind.objects.all(), method="by_kind")
    era = TermFilter(label=_("Era"), queryset=Era.objects.all(), method="by_era")
    role = filters.ChoiceFilter(label=_("Era of"), choices=ROLES, method="by_role")
    unesco = filters.MultipleChoiceFilter(
        label=_("UNESCO status"), choices=UnescoStatus.choices, method="by_unesco"
    )
    protection = TermFilter(
        label=_("Protection"),
        queryset=Scheme.objects.filter(role__in=(Scheme.Role.PROTECTION, Scheme.Role.RATING)),
        method="by_protection",
    )
    place = TermFilter(label=_("Place"), queryset=Place.objects.all(), method="by_place")
    sort = filters.ChoiceFilter(label=_("Sort by"), choices=SORTS, method="unsorted")

    class Meta:
        model = Site
        fields: list[str] = []

    def by_text(self, sites, name, text):
        return search.matching(sites, text)

    def by_kind(self, sites, name, kinds):
        return sites.of_kinds(self._subtree(kinds)) if kinds else sites

    def by_era(self, sites, name, eras):
        if not eras:
            return sites
        return sites.of_eras(self._subtree(eras), self.form.cleaned_data.get("role") or None)

    def by_role(self, sites, name, role):
        # Says which tie to the chosen eras counts; see by_era().
        return sites

    def by_unesco(self, sites, name, statuses):
        return sites.with_unesco_status(*statuses) if statuses else sites

    def by_protection(self, sites, name, schemes):
        return sites.under_schemes([scheme.pk for scheme in schemes]) if schemes else sites

    def by_place(self, sites, name, places):
        return sites.in_places(self._subtree(places)) if places else sites

    def unsorted(self, sites, name, value):
        # Order is asked for once, of the whole result: see sorted().
        return sites

    def _subtree(self, terms) -> set[int]:
        """Ids of the terms and of all narrower ones, looked up once however often they count."""
        known = self.__dict__.setdefault("_subtrees", {})
        key = (type(terms[0]), tuple(term.pk for term in terms))
        if key not in known:
            known[key] = type(terms[0]).objects.subtree_ids(key[1])
        return known[key]

    def chosen(self, name: str):
        """The valid value of a filter, or None."""
        self.is_valid()
        return self.form.cleaned_data.get(name)

    def without(self, name: str):
        """The sites that all other filters leave: what a facet counts its values among."""
        self.is_valid()
        sites = self.queryset.all()
        for other, value in self.form.cleaned_data.items():
            if other != name:
                sites = self.filters[other].filter(sites, value)
        return sites

    @property
    def order(self) -> str:
        """How the list is sorted: as asked, else best match for a search, else by name."""
        chosen, searched = self.chosen("sort"), self.chosen("q")
        if chosen and not (chosen == "relevance" and not searched):
            return chosen
        return "relevance" if searched else "name"

    def sorted(self, language: str):
        """The filtered sites in their order, fit for paging: no two share a place in it."""
        sites = self.qs
        match self.order:
            case "oldest":
                return sites.order_by(F("first_year").asc(nulls_last=True), "pk")
            case "recent":
                return sites.order_by("-published_at", "-pk")
            case "relevance":
                return search.by_relevance(sites, self.chosen("q"), language)
        return sites.by_name(language)
