"""The form field and filter of every facet. The facet itself parses and validates the values."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django_filters as filters

from heritage.search.filter_fields import ShallowCopyFilter, ValuesField
from heritage.search.vocabulary import Vocabulary

if TYPE_CHECKING:
    from heritage.search.facets.base import Facet


class FacetField[V](ValuesField[V]):
    """Values of a facet, by what an address calls them."""

    vocabulary: Callable[[], Vocabulary]  # set when a form is made

    def __init__(self, *, facet: "Facet[V]", **options: Any):
        self.facet = facet
        super().__init__(**options)

    def parse(self, text: str) -> V:
        return self.facet.parse(text, self.vocabulary())


class FacetFilter(ShallowCopyFilter, filters.Filter):
    field_class = FacetField
