"""Translated text as HTML: text in another language than the page's has a lang attribute; and texts
of terms, and parts of pages such as menus, which are cached until a term is written."""

from collections.abc import Callable, Hashable
from datetime import date
from functools import cached_property, lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from heritage.models import Record, Register, RegisterTerm, Term
from heritage.search import IndexSnapshot, current_index
from heritage.server.caches import CacheKey, LRUCache
from heritage.values.date_format import date_in_words
from heritage.values.html import fragment
from heritage.values.language import (
    LanguageMap,
    Text,
    interface_languages,
    language_in_words,
    proper_tag,
)

_IN_ITS_LANGUAGE = fragment("text/in_its_language.html")
_FALLBACK = fragment("text/fallback.html")


def as_html(text: LanguageMap | Text | str | None) -> SafeString:
    """The text, or the best one of a map for the reader, with a lang attribute if its language is
    not the page's, and a mark if it is a fallback."""
    # This is called very often: plain attributes, and escape() without a check for lazy text.
    if isinstance(text, SafeString):
        return text
    if not text:
        return SafeString("")
    if isinstance(text, LanguageMap):
        if (words := text.get(get_language() or "")) is not None:
            return SafeString(escape(words))
        text = text.best()
    if not isinstance(text, Text):
        return SafeString(escape(str(text)))
    if text.language == get_language():
        return SafeString(escape(text.text))
    return SafeString(in_its_language(text) + fallback_mark(text))


def within_quotes[T: (str, SafeString)](text: T) -> T:
    """A name to be put in quotation marks; its own become the inner ones."""
    return type(text)(str(text).translate({0x201C: "\u2018", 0x201D: "\u2019"}))


def in_its_language(text: Text) -> SafeString:
    """The text with its own language and direction, without a mark."""
    return _IN_ITS_LANGUAGE(tag=text.lang_tag, direction=text.direction, text=text.text)


def fallback_mark(text: Text) -> SafeString:
    """ "in English", for a fallback text; otherwise empty."""
    if not text.is_fallback:
        return SafeString()
    words = pgettext("language of a text that is not translated", "in %(language)s")
    return SafeString(f" {_FALLBACK(words=words % {'language': language_in_words(text.language)})}")


_EXTERNAL = fragment("links/external.html")


def external_link(url: str, text: SafeString | str, is_address: bool = False) -> SafeString:
    """A link to another site; its text may be an address."""
    return _EXTERNAL(url=url, text=text, is_address=is_address)


def in_other_languages(texts: LanguageMap) -> list[Text]:
    """The texts in the other languages of the interface."""
    shown, current = texts.best().text, get_language()
    return [
        Text(texts[code], code)
        for code in interface_languages()
        if code != current and code in texts and texts[code] != shown
    ]


def day(value: date | None) -> str:
    """A calendar day in words."""
    return date_in_words(value.isoformat()) if value else ""


def number(value: int) -> str:
    """A number with thousands separators: 1,262."""
    return number_in(get_language(), value)


@lru_cache(4096, typed=True)
def number_in(language: str | None, value: int) -> str:
    """`number()` for many numbers on one page; `language` is the active one."""
    return number_format(value, force_grouping=True)


def page_language() -> str:
    """The page's language as a BCP 47 tag."""
    return proper_tag(get_language() or "en")


# --- Terms ---------------------------------------------------------------------------------------

# By language, the words of terms by the function that words them.
_TEXTS: CacheKey[dict[str, dict[Hashable, Any]]] = CacheKey("texts of terms")


class TermTexts:
    """Texts of terms in the reader's language, see docs/caches.md."""

    def __init__(self, index: IndexSnapshot):
        self.vocabulary, self._language = index.vocabulary, get_language()

    @cached_property
    def _texts(self) -> dict[Hashable, Any]:
        return self.in_language(_TEXTS, dict)

    def text[T: Record, S: str](self, make: Callable[[T], S], *terms: T) -> S:
        """What `make` returns for the terms, and for nothing else but the language."""
        key = (make, *[(type(term), term.uid) for term in terms])
        if key not in self._texts:
            self._texts[key] = make(*terms)
        return self._texts[key]

    def in_language[T](self, key: CacheKey[dict[str, T]], make: Callable[[], T]) -> T:
        """A value that depends on the vocabularies and the language; `make` is called once."""
        by_language = self.vocabulary.cache.get_or_set(key, dict)
        if self._language not in by_language:
            by_language.setdefault(self._language, make())
        return by_language[self._language]


def term_label(term: Term | Register | RegisterTerm) -> SafeString:
    """Its label as HTML."""
    return as_html(term.label)


_MOST = 200  # parts of about 1 kB, in each language
# By language: the HTML of parts by their templates and values.
_PARTS: CacheKey[dict[str, LRUCache[tuple[Hashable, ...], SafeString]]] = CacheKey("parts of pages")


def page_part(template: str, **values: Hashable) -> SafeString:
    """The template with these values and the identity, kept until a term or the identity is
    written."""
    texts = TermTexts(current_index())
    made = texts.in_language(_PARTS, lambda: LRUCache(_MOST))
    context = {**values, "identity": texts.vocabulary.identity}
    return made.get_or_set((template, *values.items()), lambda: render_to_string(template, context))
