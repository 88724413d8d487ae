"""Cards of sites, for lists, neighbours and the home page; and the same as rows of a table.

Their markup is made from fragments rather than by templates, which take more than twice as long: a
list makes two dozen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from heritage.formats import path_of, tagged_paths
from heritage.formats.sentence import sentence
from heritage.models import Event, Kind, Register, Site, UnescoStatus, is_within, place_phrase
from heritage.search import IndexSnapshot, page_rows
from heritage.server.caches import LRUCache
from heritage.values.date_format import year_phrase
from heritage.values.language import LanguageMap, Text, display_width, list_comma
from heritage.web.media import covers
from heritage.web.media.covers import PlateDrawing
from heritage.web.shared import certainty
from heritage.web.shared.certainty import Mark
from heritage.web.shared.language_html import (
    TermTexts,
    as_html,
    in_other_languages,
    term_label,
)

# --- As HTML -------------------------------------------------------------------------------------

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


def picture_html(
    picture: covers.Picture, sizes: str, name: str = "", is_first: bool = False
) -> SafeString:
    """An `img`, within a `picture` if there are several sizes; `name` is its CSS class.

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
    picture: covers.Picture
    row: page_rows.CardData
    hook: SafeString | str = ""
    summary: SafeString | str = ""  # only where it is asked for


def card_html(site: Card) -> SafeString:
    """An article with a picture, loaded when it comes into view; see `loaded_at_once()`."""
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


def loaded_at_once(html: SafeString) -> SafeString:
    """The same card with a picture that is loaded with the page."""
    return SafeString(html.replace(_LAZY, _EAGER, 1))


def row_html(site: Card) -> SafeString:
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
    """The markup filled with parts that are HTML already, so that `format_html` need not escape
    them."""
    return SafeString(markup.format(**parts))


def _in(text: Text, markup: str) -> SafeString:
    return format_html(markup, text.lang_tag, text.text)


def _when(site: Card) -> str:
    return f"{escape(site.when)}{marks(site.when_marks)}"


def marks(found: Sequence[Mark]) -> SafeString:
    """The marks beside the date on a card. They are no links, as the only link of a card is its
    name."""
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


# --- Of sites ------------------------------------------------------------------------------------

_MAX_RENDERED = 4_000  # pieces of HTML, of about 1 kB each
_KINDS_SHOWN = 3
_MOST_ALIKE = 3  # cards of one grid that show the same scene
_NATURAL = {"vii", "viii", "ix", "x"}  # criteria of World Heritage
_WIDEST_DATE = 40  # letters on one line of a card


class RenderedCard(NamedTuple):
    """A card as HTML."""

    slug: str
    name: SafeString
    html: SafeString
    has_marks: bool
    picture: covers.Picture


_FORMS = {"card": card_html, "row": row_html}
# Rendered cards, by site and its version, form and language.
rendered: LRUCache[tuple, RenderedCard] = LRUCache(_MAX_RENDERED)


def cards_of(index: IndexSnapshot, ids: Iterable[int]) -> list[Card]:
    """Cards of published sites in the order of the ids, without sites withdrawn meanwhile."""
    texts = _Texts(index)
    return [_card(row, texts) for row in page_rows.read_cards(index, ids)]


def with_summaries(cards: list[Card]) -> list[Card]:
    """The cards with the hook or else the summary of each site; sites that were just deleted are
    left out."""
    rows = Site.objects.filter(pk__in=[card.row.pk for card in cards]).order_by()
    summaries = dict(rows.values_list("pk", "summary"))
    return [
        card._replace(summary=card.hook or _summary(summaries[card.row.pk], card.row))
        for card in cards
        if card.row.pk in summaries
    ]


def _hook(row: page_rows.CardData) -> SafeString | str:
    """The hook of a site in the language of the page; empty if there is none."""
    if not row.hook:  # of most sites
        return ""
    hook = row.hook.best()
    return "" if hook.is_fallback else as_html(hook)


def _summary(text: LanguageMap, row: page_rows.CardData) -> SafeString:
    if text:
        return as_html(text)
    telling = row.age or ([row.beginning] if row.beginning else [])
    kind = next(iter(row.kinds), None)
    return format_html("{}", sentence(kind, telling, row.place))


def rendered_cards(
    index: IndexSnapshot, ids: Sequence[int], form: str = "card", at_once: int = 0
) -> dict[int, RenderedCard]:
    """Cards as HTML, by id; cached until something that they show is written.

    `form` is "card" or "row". The pictures of the first `at_once` cards are loaded eagerly, the
    others lazily. Of cards that have the same scene, only the first few show it.
    """
    language, write = get_language(), _FORMS[form]
    keys = {pk: (pk, *index.version(pk), form, language) for pk in ids}
    found = {pk: rendered.get(key) for pk, key in keys.items()}
    new = [pk for pk, card in found.items() if card is None]
    for card in cards_of(index, new) if new else ():
        pk = card.row.pk
        found[pk] = rendered[keys[pk]] = RenderedCard(
            card.row.slug, card.name, write(card), bool(card.when_marks), card.picture
        )
    shown = _varied({pk: card for pk, card in found.items() if card})
    for pk in ids[:at_once]:
        if pk in shown:
            shown[pk] = shown[pk]._replace(html=loaded_at_once(shown[pk].html))
    return shown


def _varied(cards: dict[int, RenderedCard]) -> dict[int, RenderedCard]:
    """The cards of one grid; a card whose scene was shown `_MOST_ALIKE` times already gets its
    plate."""
    seen: Counter[str] = Counter()
    for pk, card in cards.items():
        picture = card.picture
        if picture.scene:
            seen[picture.scene] += 1
            if seen[picture.scene] > _MOST_ALIKE:
                html = SafeString(card.html.replace(picture.src, picture.plate, 1))
                cards[pk] = card._replace(html=html)
    return cards


class _Texts(TermTexts):
    """Cached texts of terms on cards, and the beginnings of addresses."""

    def __init__(self, index: IndexSnapshot):
        super().__init__(index)
        self.sites = path_of("web:sites")
        self.cover, self.square_cover = map(tagged_paths, covers.ROUTES)
        self.card_cover = tagged_paths("web:card_cover")  # of a plate, without words


def _card(row: page_rows.CardData, texts: _Texts) -> Card:
    when, marks = _date_of_row(row)
    status = None if row.status == UnescoStatus.NONE else row.status
    return Card(
        url=f"{texts.sites}{row.slug}/",
        name=as_html(row.shown_name),
        other_name=next(iter(in_other_languages(row.shown_name)), None),
        kind=texts.text(_labels, *row.kinds[:1]),
        kinds=texts.text(_labels, *row.kinds[:_KINDS_SHOWN]),
        place=texts.text(place_phrase, row.place) if row.place else "",
        when=when or _inscribed(row.inscribed_year),
        when_marks=marks,
        unesco=status,
        unesco_label=badge(status, row.danger_since) if status else "",
        protection=texts.text(_short_label, row.protection) if row.protection else "",
        picture=_picture_of(row, texts),
        row=row,
        hook=_hook(row),
    )


def _picture_of(row: page_rows.CardData, texts: _Texts) -> covers.Picture:
    if row.photograph:
        return covers.photograph(row.photograph)
    language = get_language()
    drawing = covers.drawing_of_row(row, language)
    tag = drawing.tag
    square = texts.square_cover(row.uid, tag)
    if isinstance(drawing, PlateDrawing):
        return covers.drawn(texts.card_cover(row.uid, tag), square)
    plate = texts.card_cover(row.uid, covers.drawing_of_row(row, language, is_plate=True).tag)
    cover = texts.cover(row.uid, tag)
    return covers.Picture(cover, *covers.SIZE, square=square, scene=drawing.scene, plate=plate)


def _date_of_row(row: page_rows.CardData) -> tuple[str, list[Mark]]:
    """The date on a row of a table. For a natural site it is the inscription, for a building that
    was begun and completed its completion, else that of `_visible_date()`."""
    if row.criteria and _NATURAL.issuperset(row.criteria):
        return _inscribed(row.inscribed_year), []
    if row.completed and row.beginning and row.beginning.kind == Event.Kind.BEGUN and not row.age:
        return certainty.event_phrase(row.completed), certainty.short_marks(row.completed)
    return _visible_date(row.beginning, row.age, row.kinds)


def _inscribed(year: int | None) -> str:
    return _("Inscribed %(year)s") % {"year": year_phrase(year)} if year else ""


def _labels(*kinds: Kind) -> SafeString:
    """The labels of all these kinds: a mixed site is not of one kind alone."""
    return format_html_join(list_comma(), "{}", ((term_label(kind),) for kind in kinds))


def _short_label(register: Register) -> SafeString:
    return as_html(register.short())


def badge(status: UnescoStatus, danger_since: int | None = None) -> str:
    """A short label for a badge."""
    if status == UnescoStatus.IN_DANGER and danger_since is not None:
        return pgettext("badge", "In danger since %(year)s") % {"year": year_phrase(danger_since)}
    if status == UnescoStatus.PART:
        return pgettext("badge", "Part of World Heritage")
    return str(status.label)


def _visible_date(
    beginning: Event | None, age: list[Event], kinds: Sequence[Kind]
) -> tuple[str, list[Mark]]:
    """The date of what is there today, with its marks: “Standing: Yuan”; “Neolithic” for a site in
    the ground; “Founded 68 CE” if nothing else is known. Whether it is unchecked is only shown on
    the page of the site.

    If the site began within these years, the date of its beginning is shown instead, since it is
    more exact. If the place was rebuilt, its founding follows, provided there is room for both.
    """
    when = certainty.age_phrase(age)
    if not when or is_within(beginning, age):
        if beginning is None:
            return "", []
        return certainty.event_phrase(beginning, kinds=kinds), certainty.short_marks(beginning)
    if beginning is None or beginning.role in Event.AGE_ROLES or age[0].role == Event.Role.DATED:
        return capfirst(when), certainty.short_marks(age[0])
    words = pgettext("date of what stands", "Standing: %(when)s") % {"when": when}
    if beginning.kind != Event.Kind.FOUNDED:  # what was “built” then is no longer to be seen
        return words, certainty.short_marks(age[0])
    both = pgettext("date of what stands, and of the founding", "%(standing)s · %(founded)s") % {
        "standing": words,
        "founded": certainty.what_and_when(
            beginning, beginning.date_phrase("short") or beginning.era_phrase(), kinds
        ),
    }
    marks = certainty.short_marks(beginning)
    if display_width("".join([both, *(str(mark.label) for mark in marks)])) > _WIDEST_DATE:
        return words, certainty.short_marks(age[0])
    return both, list(dict.fromkeys([*certainty.short_marks(age[0]), *marks]))
