"""Translated text as HTML: text in another language than the page's has a lang attribute."""

from datetime import date
from functools import lru_cache
from html import escape

from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, pgettext

from heritage.values import edtf
from heritage.values.date_format import phrase
from heritage.values.language import LanguageMap, Text, language_name, proper_tag


def as_html(text: Text | str) -> SafeString:
    """The text, with its language where that is not the page's; a word if it stands in."""
    if not isinstance(text, Text) or not text or text.language == get_language():
        # What conditional_escape() does, without its detour for lazy text: it is asked so often.
        return text if isinstance(text, SafeString) else SafeString(escape(str(text)))
    return format_html("{}{}", in_its_language(text), fallback_mark(text))


def within_quotes(text):
    """For a name that is put in quotation marks: its own become the inner ones."""
    return type(text)(str(text).translate({0x201C: "\u2018", 0x201D: "\u2019"}))


def in_its_language(text: Text) -> SafeString:
    """The text under its own language and direction, without a word about it."""
    return format_html(
        '<span lang="{}" dir="{}">{}</span>', text.lang_tag, text.direction, text.text
    )


def fallback_mark(text: Text) -> SafeString:
    """ "in English", for a text that stands in for a missing translation; else nothing."""
    if not text.is_fallback:
        return mark_safe("")
    words = pgettext("language of a text that is not translated", "in %(language)s")
    return format_html(
        ' <small class="in-language">{}</small>',
        words % {"language": name_for_reader(text.language)},
    )


def name_for_reader(code: str) -> str:
    """What the reader's language calls a language, or what it calls itself."""
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return language_name(code)


def in_other_languages(texts: LanguageMap) -> list[Text]:
    """The same in the other languages of the interface, where it is written in them."""
    shown = texts.best().text
    return [
        Text(texts[code], code)
        for code in interface_languages()
        if code != get_language() and code in texts and texts[code] != shown
    ]


def interface_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def day(value: date | None) -> str:
    """A calendar day in the reader's language, as historical dates are said."""
    return phrase(edtf.parse(value.isoformat())) if value else ""


def edtf_date(text: str) -> str:
    """A stored date in the reader's language; as it stands where it is broken."""
    try:
        return phrase(edtf.parse(text)) if text else ""
    except edtf.EDTFError:
        return text


def number(value: int) -> str:
    """With its thousands told apart: 1,262."""
    return _number(value, get_language())


@lru_cache(4096, typed=True)
def _number(value: int, language: str | None) -> str:
    return number_format(value, force_grouping=True)


def page_language() -> str:
    """The page's language as a BCP 47 tag."""
    return proper_tag(get_language() or "en")
