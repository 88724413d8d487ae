"""The form field and filter of values that sites must not have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as filters

from heritage.search.facets.base import AnyFacet
from heritage.search.facets.fields import FacetField
from heritage.search.filter_fields import ShallowCopyFilter, unknown_value_error
from heritage.search.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ExcludedValue:
    """A value of a facet that sites must not have."""

    facet: AnyFacet
    value: Any

    def __str__(self) -> str:
        return f"{self.facet.name}:{self.facet.slug(self.value)}"


class ExcludedValuesField(FacetField[ExcludedValue]):
    """Values of any facet behind its name: place:henan."""

    def __init__(self, *, facets: Mapping[str, AnyFacet], **options: Any):
        self.facets = facets
        super().__init__(parse_value=self._excluded, **options)

    def _excluded(self, text: str, terms: Vocabulary) -> ExcludedValue:
        name, _colon, value = text.partition(":")
        facet = self.facets.get(name)
        if facet is None or not value:
            raise unknown_value_error(text)
        return ExcludedValue(facet, facet.parse(value, terms))


class ExcludedValuesFilter(ShallowCopyFilter, filters.Filter):
    field_class = ExcludedValuesField
