"""The form field and filter of values that sites must not have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from heritage.models import Site
from heritage.search.facets.base import AnyFacet, FacetField
from heritage.search.filter_fields import unknown_value_error
from heritage.search.index.snapshot import IndexSnapshot, Vocabulary
from heritage.values.language import Text

SITE = "site"  # what a single site is called in place of a facet


class _Sites:
    """Single sites, as if they were the values of a facet."""

    name, label = SITE, _("Site")

    def parse(self, text: str, terms: Vocabulary) -> Site:
        site = Site.objects.published().filter(slug=text).first()
        if site is None:
            raise unknown_value_error(text)
        return site

    def slug(self, value: Site) -> str:
        return value.slug

    def sites(self, values: Sequence[Site], index: IndexSnapshot, role: str | None) -> BitMap:
        return BitMap(site.pk for site in values)

    def describe(self, value: Site) -> Text:
        return value.shown_name.best()


@dataclass(frozen=True, slots=True)
class ExcludedValue:
    """A value of a facet that sites must not have."""

    facet: AnyFacet | _Sites
    value: Any

    def __str__(self) -> str:
        return f"{self.facet.name}:{self.facet.slug(self.value)}"


class ExcludedValuesField(FacetField[ExcludedValue]):
    """Values of facets after the name of the facet (place:henan), and single sites
    (site:taj-mahal)."""

    def __init__(self, *, facets: Mapping[str, AnyFacet], **options: Any):
        self.facets = facets
        super().__init__(parse_value=self._excluded, **options)

    def _excluded(self, text: str, terms: Vocabulary) -> ExcludedValue:
        name, _colon, value = text.partition(":")
        facet = _SITES if name == SITE else self.facets.get(name)
        if facet is None or not value:
            raise unknown_value_error(text)
        return ExcludedValue(facet, facet.parse(value, terms))


_SITES = _Sites()


class ExcludedValuesFilter(filters.Filter):
    field_class = ExcludedValuesField
