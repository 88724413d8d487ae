"""The form field and filter of every facet. The facet itself parses and validates the values."""

from collections.abc import Callable
from typing import Any

import django_filters as filters

from heritage.search.filter_fields import ValuesField
from heritage.search.vocabulary import Vocabulary


class FacetField[V](ValuesField[V]):
    """Values of a facet, by their names in URLs."""

    vocabulary: Vocabulary  # set when a form is made

    def __init__(self, *, parse_value: Callable[[str, Vocabulary], V], **options: Any):
        self.parse_value = parse_value
        super().__init__(**options)

    def parse(self, text: str) -> V:
        return self.parse_value(text, self.vocabulary)


class FacetFilter(filters.Filter):
    field_class = FacetField
