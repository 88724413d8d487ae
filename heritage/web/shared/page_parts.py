"""Parts that are the same on many pages in a language, such as menus: see docs/caches.md."""

from collections.abc import Hashable

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from heritage.search import CacheKey, LRUCache, current_index
from heritage.web.shared.term_texts import TermTexts

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
