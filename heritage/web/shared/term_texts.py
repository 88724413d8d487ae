"""What pages show of terms, cached until one is written: texts, and parts such as menus."""

from collections.abc import Callable, Hashable
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from heritage.models import Record, Register, RegisterTerm, Term
from heritage.search import CacheKey, IndexSnapshot, LRUCache, current_index
from heritage.web.shared import language_html

# By language, the words of terms by the function that words them.
_TEXTS: CacheKey[dict[str, dict[Hashable, Any]]] = CacheKey("texts of terms")


class TermTexts:
    """Texts of terms in the reader's language, see docs/caches.md."""

    def __init__(self, index: IndexSnapshot):
        self._cache, self._language = index.vocabulary.cache, get_language()
        self._texts = self.in_language(_TEXTS, dict)

    def text[T: Record, S: str](self, make: Callable[[T], S], *terms: T) -> S:
        """What `make` returns for the terms, and for nothing else but the language."""
        key = (make, *[(type(term), term.uid) for term in terms])
        if key not in self._texts:
            self._texts[key] = make(*terms)
        return self._texts[key]

    def in_language[T](self, key: CacheKey[dict[str, T]], make: Callable[[], T]) -> T:
        """A value that depends on the vocabularies and the language; `make` is called once."""
        by_language = self._cache.get_or_set(key, dict)
        if self._language not in by_language:
            by_language.setdefault(self._language, make())
        return by_language[self._language]


def label(term: Term | Register | RegisterTerm) -> SafeString:
    """Its label as HTML."""
    return language_html.as_html(term.label)


_MOST = 200  # parts of about 1 kB, in each language
# By language: the HTML of parts by their templates and values.
_PARTS: CacheKey[dict[str, LRUCache[tuple[Hashable, ...], SafeString]]] = CacheKey("parts of pages")


def page_part(template: str, **values: Hashable) -> SafeString:
    """The template with these values and the identity, kept until a term or the identity is
    written."""
    index = current_index()
    made = TermTexts(index).in_language(_PARTS, lambda: LRUCache(_MOST))
    context = {**values, "identity": index.vocabulary.identity}
    return made.get_or_set((template, *values.items()), lambda: render_to_string(template, context))
