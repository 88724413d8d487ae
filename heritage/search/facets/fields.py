"""The form field and filter of every facet. The facet itself parses and validates the values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django_filters as filters

from heritage.search.filter_fields import ShallowCopyFilter, ValuesField, unknown_value_error
from heritage.search.vocabulary import Vocabulary

if TYPE_CHECKING:
    from heritage.search.facets.base import AnyFacet, Facet


class FacetField[V](ValuesField[V]):
    """Values of a facet, by their names in URLs."""

    vocabulary: Callable[[], Vocabulary]  # set when a form is made

    def __init__(self, *, facet: "Facet[V]", **options: Any):
        self.facet = facet
        super().__init__(**options)

    def parse(self, text: str) -> V:
        return self.facet.parse(text, self.vocabulary())


class FacetFilter(ShallowCopyFilter, filters.Filter):
    field_class = FacetField


@dataclass(frozen=True, slots=True)
class ExcludedValue:
    """A value of a facet that sites must not have."""

    facet: "AnyFacet"
    value: Any

    def __str__(self) -> str:
        return f"{self.facet.name}:{self.facet.slug(self.value)}"


class ExcludedValuesField(ValuesField[ExcludedValue]):
    """Values of any facet behind its name: place:henan."""

    vocabulary: Callable[[], Vocabulary]  # set when a form is made

    def __init__(self, *, facets: Mapping[str, "AnyFacet"], **options: Any):
        self.facets = facets
        super().__init__(**options)

    def parse(self, text: str) -> ExcludedValue:
        name, _colon, value = text.partition(":")
        facet = self.facets.get(name)
        if facet is None or not value:
            raise unknown_value_error(text)
        return ExcludedValue(facet, facet.parse(value, self.vocabulary()))


class ExcludedValuesFilter(ShallowCopyFilter, filters.Filter):
    field_class = ExcludedValuesField
