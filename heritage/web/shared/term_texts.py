"""What lists say of terms, worded once as long as the vocabularies are the same."""

from collections.abc import Callable, Hashable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from heritage.models import Register, RegisterTerm
from heritage.models.base import Record
from heritage.models.vocabularies import Term
from heritage.search import IndexSnapshot
from heritage.web.shared import language_html


class TermTexts:
    """Texts of terms in the reader's language, see docs/caches.md."""

    def __init__(self, index: IndexSnapshot):
        memory = index.vocabulary.memory
        self._kept: dict[Hashable, Any] = memory.setdefault(("texts of terms", get_language()), {})

    def said[T: Record, S: str](self, say: Callable[[T], S], *terms: T) -> S:
        """What `say` makes of the terms; it depends on nothing else."""
        key = (say, *[(type(term), term.uid) for term in terms])
        if key not in self._kept:
            self._kept[key] = say(*terms)
        return self._kept[key]

    def kept[K](self, name: str, make: Callable[[], K]) -> K:
        """What else is made of terms in this language, such as a cache of lists of them."""
        if name not in self._kept:
            self._kept.setdefault(name, make())
        return self._kept[name]


def label(term: Term | Register | RegisterTerm) -> SafeString:
    """Its label as HTML."""
    return language_html.as_html(term.label.best())
