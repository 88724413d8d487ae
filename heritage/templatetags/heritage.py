"""Template tags and filters of the public pages: the library "heritage"."""

from django import template
from django.utils.safestring import SafeString

from heritage.values.language import LanguageMap, Text
from heritage.web import language_html
from heritage.web.site.location import distance_phrase

register = template.Library()
register.filter(language_html.number)


@register.simple_tag
def text(value: Text | LanguageMap | str) -> SafeString:
    """`{% text site.name %}`: in the reader's language, or marked as standing in for it."""
    if isinstance(value, LanguageMap):
        value = value.best()
    return language_html.as_html("" if value is None else value)


@register.filter
def link(query: str) -> str:
    """The address of this list under another query; of all of it where there is none."""
    return f"?{query}" if query else "."


@register.simple_tag
def fallback(value: Text) -> SafeString:
    """ "in English", for a longer text that stands in for a missing translation."""
    return language_html.fallback_mark(value)


@register.filter
def distance(km: float) -> str:
    return distance_phrase(km)


@register.filter
def file_name(path: str) -> str:
    return path.rpartition("/")[2]
