"""The form field and the filter of every facet: values that the facet itself reads and judges."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import django_filters as filters
from django.core.exceptions import ValidationError

from heritage.search.filter_fields import Fixed, ValuesField
from heritage.search.vocabulary import Vocabulary

if TYPE_CHECKING:
    from heritage.search.facets.base import Facet


class FacetField(ValuesField):
    """Values of a facet, by what an address calls them."""

    def __init__(self, *args, facet: "Facet", **kwargs):
        self.facet = facet
        super().__init__(*args, **kwargs)
        self.vocabulary: Callable[[], Vocabulary] | None = None  # set when a form is made

    def parse_all(self, texts: list[str]) -> tuple[list, list[ValidationError]]:
        self.choices = self.facet.choices(self.vocabulary()) if texts else {}
        return super().parse_all(texts)

    def parse(self, text: str):
        return self.facet.parse(text, self.choices)


class FacetFilter(Fixed, filters.Filter):
    field_class = FacetField
