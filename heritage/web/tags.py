"""Template tags of the visitors' door: the library "heritage"."""

from django import template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from heritage.values.language import LanguageMap, Text
from heritage.web import texts
from heritage.web.context import vocabulary_of
from heritage.web.whereabouts import distance_phrase

register = template.Library()
register.filter(texts.number)


@register.simple_tag
def text(value: Text | LanguageMap | str) -> SafeString:
    """`{% text site.name %}`: in the reader's language, or marked as standing in for it."""
    if isinstance(value, LanguageMap):
        value = value.best()
    return texts.as_html("" if value is None else value)


@register.filter
def link(query: str) -> str:
    """The address of this list under another query; of all of it where there is none."""
    return f"?{query}" if query else "."


@register.simple_tag
def fallback(value: Text) -> SafeString:
    """ "in English", for a longer text that stands in for a missing translation."""
    return texts.fallback_mark(value)


@register.filter
def distance(km: float) -> str:
    return distance_phrase(km)


@register.filter
def file_name(path: str) -> str:
    return path.rpartition("/")[2]


class Remembered(template.Node):
    """What all pages in one language share: rendered once, until who runs the catalogue changes.

    `{% remembered "footer" %}…{% endremembered %}`; what it differs by comes after the name, and
    should be of few values.
    """

    def __init__(self, name: str, differs_by: list, nodes: template.NodeList):
        self.name, self.differs_by, self.nodelist = name, differs_by, nodes

    def render(self, context) -> SafeString:
        memory = vocabulary_of(context["request"]).memory
        values = (value.resolve(context) for value in self.differs_by)
        key = ("remembered", self.name, get_language(), get_script_prefix(), *values)
        if key not in memory:
            memory[key] = self.nodelist.render(context)
        return memory[key]


@register.tag
def remembered(parser, token) -> Remembered:
    _tag, name, *differs_by = token.split_contents()
    nodes = parser.parse(["endremembered"])
    parser.delete_first_token()
    values = [parser.compile_filter(value) for value in differs_by]
    return Remembered(name.strip("\"'"), values, nodes)
