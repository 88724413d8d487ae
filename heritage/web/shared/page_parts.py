"""Parts that are the same on all pages in a language, such as menus: see docs/caches.md."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from heritage.search import CacheKey, current_index
from heritage.web.shared.term_texts import TermTexts

# By language: the HTML of parts by their templates and values.
_PARTS: CacheKey[dict[str, dict[tuple[object, ...], SafeString]]] = CacheKey("parts of pages")


def page_part(template: str, **values: str) -> SafeString:
    """The template with these values and the identity, made once until the identity is written."""
    index = current_index()
    made = TermTexts(index).in_language(_PARTS, dict)
    key = (template, *values.items())
    if key not in made:
        context = {**values, "identity": index.vocabulary.identity}
        made[key] = render_to_string(template, context)
    return made[key]
