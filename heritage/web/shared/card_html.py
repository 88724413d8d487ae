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
_ROW = """<th scope="row"><a href="{url}">{name}</a>{other_name}</th>
<td class="row-kind">{kind}</td><td class="row-place">{place}</td><td>{when}</td>
<td class="row-status">{badges}</td>"""


# How wide a card is: a column of a grid, on a phone the whole page.
_CARD_SIZES = "(min-width: 60rem) 20rem, (min-width: 36rem) 45vw, 95vw"


class Picture(NamedTuple):
    src: str
    width: int
    height: int
    alt: str = ""  # beside the name a drawn cover is decoration
    square: str = ""  # of a drawn cover: the same drawing composed as a square
    lang: str = ""  # of the alternative text, where it is not that of the page
    avif: str = ""  # addresses by width, as `srcset` has them; empty if there are none
    srcset: str = ""
    focus: str = ""  # classes that keep its focal point in view where it is cropped
    scene: str = ""  # that is drawn
    plate: str = ""  # which may be shown in place of that scene


def picture_html(
    picture: Picture, sizes: str, name: str = "", is_first: bool = False
) -> SafeString:
    """An `img`, within a `picture` where there are several sizes; `name` is its class.

    It is loaded when it comes into view, unless it `is_first` on the page.
    """
    loading = '\n  fetchpriority="high"' if is_first else f'{_LAZY} decoding="async"'
    classes = " ".join(filter(None, [name, picture.focus]))
    image = (
        f'<img{_given(" class", classes)} src="{escape(picture.src)}"'
        f"{_given(' srcset', picture.srcset)}{_given(' sizes', picture.srcset and sizes)}"
        f' width="{picture.width}" height="{picture.height}"'
        f' alt="{escape(picture.alt)}"{_given(" lang", picture.lang)}{loading}>'
    )
    if not picture.avif:
        return SafeString(image)
    source = f'<source type="image/avif" srcset="{escape(picture.avif)}" sizes="{sizes}">'
    return SafeString(f"<picture>{source}{image}</picture>")


def _given(attribute: str, value: str) -> str:
    return f'{attribute}="{escape(value)}"' if value else ""


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
    other = ' <span class="card-other" lang="{}">{}</span>'
    other_name = _in(site.other_name, other) if site.other_name else ""
    hook = f'<p class="card-hook">{as_html(site.hook)}</p>\n' if site.hook else ""
    badges = ""
    if site.unesco in _EXCEPTIONS:
        badges = f'<p class="badges">{_badge(site.unesco, site.unesco_label)}</p>\n'
    facts = _AND.join(filter(None, (_when(site), as_html(site.kind), as_html(site.place))))
    return SafeString(
        f'<article data-uid="{site.row.uid}">\n'
        f"{picture_html(site.picture, _CARD_SIZES, 'card-picture')}\n"
        f'<h2 class="card-name"><a href="{escape(site.url)}">{site.name}</a>{other_name}</h2>\n'
        f'{hook}<p class="card-facts">{facts}</p>\n{badges}</article>'
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
    badges: list[SafeString] = []
    if site.unesco:
        badges.append(_badge(site.unesco, site.unesco_label))
    if site.protection:
        badges.append(_badge("protection", site.protection))
    return SafeString(between.join(badges))


def _badge(key: str, label: SafeString | str) -> SafeString:
    return format_html('<span class="badge badge-{}">{}</span>', key, label)
