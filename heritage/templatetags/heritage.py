"""Template tags and filters of the public pages: the library "heritage"."""

from collections.abc import Iterable

from django import template
from django.template import Context

from heritage.values.coordinates import distance_phrase
from heritage.values.language import join_sentences, join_words, sentence_gap
from heritage.web.browse import paging
from heritage.web.shared import cards, context, language_html, meta_tags

register = template.Library()
register.filter(language_html.number)
register.filter("link", paging.link_to)
register.simple_tag(cards.marks)
register.simple_tag(cards.picture_html, name="picture")
register.simple_tag(language_html.as_html, name="text")
register.simple_tag(language_html.fallback_mark, name="fallback")
register.simple_tag(language_html.page_part)
register.simple_tag(meta_tags.head_tags)
register.simple_tag(sentence_gap)
register.simple_tag(context.other_languages)
register.simple_tag(paging.page_links_html, name="page_links")


@register.filter
def distance(km: float) -> str:
    return distance_phrase(km)


@register.filter
def listed(words: Iterable[object]) -> str:
    """ "Temple, Pagoda", in Chinese “寺庙、塔”."""
    return join_words(words)


@register.filter
def as_sentences(texts: Iterable[str]) -> str:
    """Messages that are whole sentences, in a row."""
    return join_sentences(texts)


@register.filter
def file_name(path: str) -> str:
    return path.rpartition("/")[2]


# The buttons of the admin's forms, of which the browser sends the one that was pressed.
_BUTTONS = ("_save", "_continue", "_addanother", "_preview")
_SENT = "_sent_again"  # how often a form was sent again
_MOST_TIMES = 12


@register.inclusion_tag("components/send_again.html", takes_context=True)
def send_again(context: Context) -> dict[str, object]:
    """`{% send_again %}` in a form that had to wait for another writer: the browser sends it again.

    After two seconds, then three and so on, for a minute and a half in all.
    """
    posted = context["request"].POST
    text = posted.get(_SENT, "0")
    sent = int(text) if text in map(str, range(_MOST_TIMES)) else _MOST_TIMES
    return {
        "seconds": 2 + sent if sent < _MOST_TIMES else 0,
        "name": _SENT,
        "sent": sent + 1,
        "by": next((button for button in _BUTTONS if button in posted), ""),
        "csp_nonce": context.get("csp_nonce"),
    }
