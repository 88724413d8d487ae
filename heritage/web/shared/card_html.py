"""A site in a list, as a card or as a row of a table: what it says, and its markup.

It is written here rather than in templates, which take more than twice as long: the first view of
a list makes two dozen.
"""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from heritage.models import UnescoStatus
from heritage.search import page_rows
from heritage.values.language import Text
from heritage.web.shared.certainty import Mark
from heritage.web.shared.language_html import as_html

_NONE = SafeString()
_AND = "&nbsp;· "
# A card has a badge for what few sites are: that a site is World Heritage most cards would say.
_EXCEPTIONS = set(UnescoStatus) - {UnescoStatus.INSCRIBED, UnescoStatus.NONE}
_LAZY, _EAGER = '\n  loading="lazy"', '\n  loading="eager"'
_CARD = """<article data-uid="{uid}">
<img class="card-picture" src="{src}" width="{width}" height="{height}" alt="{alt}"
  loading="lazy" decoding="async">
<h2 class="card-name"><a href="{url}">{name}</a>{other_name}</h2>
{hook}<p class="card-facts">{facts}</p>
{badges}</article>"""
_ROW = """<th scope="row"><a href="{url}">{name}</a>{other_name}</th>
<td class="row-kind">{kind}</td><td class="row-place">{place}</td><td>{when}</td>
<td class="row-status">{badges}</td>"""


class Picture(NamedTuple):
    src: str
    width: int
    height: int
    alt: str = ""  # beside the name a drawn cover is decoration
    square: str = ""  # of a drawn cover: the same drawing composed as a square


class Card(NamedTuple):  # quickly made: a page has dozens
    url: str
    name: SafeString
    other_name: Text | None
    kind: SafeString | str  # the main one
    kinds: SafeString | str  # the first three
    place: str
    when: str
    when_marks: list[Mark]
    unesco: UnescoStatus | None
    unesco_label: str
    protection: SafeString | str
    picture: Picture
    row: page_rows.CardData
    hook: SafeString | str = ""
    summary: SafeString | str = ""  # only where it is asked for


def card(site: Card) -> SafeString:
    """An article with a picture, which is loaded when it comes into view; see `at_once()`."""
    other, picture = site.other_name, site.picture
    badges = _badges(site, between="") if site.unesco in _EXCEPTIONS else ""
    facts = filter(None, (_when(site), as_html(site.kind), as_html(site.place)))
    return _filled(
        _CARD,
        uid=site.row.uid,
        src=escape(picture.src),
        width=picture.width,
        height=picture.height,
        alt=escape(picture.alt) if picture.alt else "",
        url=escape(site.url),
        name=site.name,
        other_name=_in(other, ' <span class="card-other" lang="{}">{}</span>') if other else "",
        hook=f'<p class="card-hook">{as_html(site.hook)}</p>\n' if site.hook else "",
        facts=_AND.join(facts),
        badges=f'<p class="badges">{badges}</p>\n' if badges else "",
    )


def at_once(html: SafeString) -> SafeString:
    """The same card with a picture that is loaded with the page."""
    return SafeString(html.replace(_LAZY, _EAGER, 1))


def row(site: Card) -> SafeString:
    """The cells of a row; it has no picture."""
    other = site.other_name
    return _filled(
        _ROW,
        url=escape(site.url),
        name=site.name,
        other_name=_in(other, ' <span class="row-other" lang="{}">{}</span>') if other else "",
        kind=as_html(site.kinds),
        place=as_html(site.place),
        when=_when(site),
        badges=_badges(site, between=" "),
    )


def _filled(markup: str, **parts: str | int) -> SafeString:
    """The markup with parts that are HTML: `format_html` would look at each once more."""
    return SafeString(markup.format(**parts))


def _in(text: Text, markup: str) -> SafeString:
    return format_html(markup, text.lang_tag, text.text)


def _when(site: Card) -> str:
    return f"{escape(site.when)}{marks(site.when_marks)}"


def marks(found: Sequence[Mark]) -> SafeString:
    """Marks beside the date on a card, whose one link is its name."""
    if not found:
        return _NONE
    return format_html_join(
        "",
        ' <span class="mark mark-{}" title="{}">{}</span>',
        ((mark.key, mark.explanation, mark.label) for mark in found),
    )


def _badges(site: Card, between: str) -> SafeString:
    badges: list[tuple[str, str]] = []
    if site.unesco:
        badges.append((site.unesco, site.unesco_label))
    if site.protection:
        badges.append(("protection", site.protection))
    if not badges:
        return _NONE
    return format_html_join(between, '<span class="badge badge-{}">{}</span>', badges)
