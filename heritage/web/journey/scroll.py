"""The covers of a journey: the handscroll, one drawing in order of time or road; the picture book.

Without a journey the picture book has ten sites at random, by a seed.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.media.covers import SHAPES
from heritage.models import SOLEMN, Event
from heritage.search import IndexSnapshot, current_index, page_rows
from heritage.values.language import Text
from heritage.web.journey import planning
from heritage.web.journey.address import Asked
from heritage.web.journey.stops import JourneySite, read_sites
from heritage.web.media import covers
from heritage.web.media.covers import cached_svg
from heritage.web.shared import certainty, language_html

WIDTH, HEIGHT = 600, 400  # of a picture in the drawing that is downloaded
OVERLAP = 40  # by which one runs into the next
TEN = 10  # sites of a picture book
_POOL = 1_000  # the best known sites, of which it shows ten
_LARGEST_SEED = 999_999
FOOT = 150  # below the pictures, for the words


@dataclass(frozen=True, slots=True)
class Panel:
    number: int
    uid: str
    name: Text
    other: Text | None
    url: str
    cover: str
    when: str
    hook: SafeString | str
    place: str
    x: int
    data: str  # the cover inside the drawing; empty on the page

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2


@dataclass(frozen=True, slots=True)
class ScrollPage:
    """Prepared for web/handscroll.html and web/handscroll.svg."""

    title: str
    panels: list[Panel]
    by_time: bool
    other_order: str
    undated: list[str]  # names that stand at the end of the order of time
    svg: str
    journey: str

    @property
    def width(self) -> int:
        return max(1, len(self.panels)) * (WIDTH - OVERLAP) + OVERLAP

    @property
    def height(self) -> int:
        return HEIGHT + FOOT


def scroll_page(data: QueryDict) -> ScrollPage:
    asked = Asked.from_query(data)
    sites = read_sites(current_index(), asked)
    by_time = data.get("by") != "road"
    undated = [each.name for each in sites if _year(each) is None] if by_time else []
    shown = _by_time(sites) if by_time else _by_road(sites, asked)
    is_drawing = data.get("form") == "svg"
    here, query = reverse("web:handscroll"), asked.query()
    by = "" if by_time else "&by=road"
    return ScrollPage(
        asked.name or _("A journey"),
        [_panel(number, each, is_drawing) for number, each in enumerate(shown)],
        by_time,
        f"{here}?{query}{'&by=road' if by_time else ''}",
        undated,
        f"{here}?{query}{by}&form=svg",
        f"{reverse('web:journey')}?{query}",
    )


@dataclass(frozen=True, slots=True)
class BookPage:
    """Prepared for web/picture_book.html."""

    title: str
    panels: list[Panel]
    journey: str
    is_random: bool


def seed_of(data: QueryDict) -> int | None:
    """The seed in an address; None if there is none, or not such a number."""
    text = data.get("seed", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_SEED))
    return int(text) if is_number else None


def book_page(data: QueryDict) -> BookPage:
    """The picture book of the stops in the address; else of ten sites by its seed."""
    asked, index, is_random = Asked.from_query(data), current_index(), not data.get("stop")
    if is_random:
        asked = Asked(uids=tuple(_at_random(index, seed_of(data) or 0)))
    return BookPage(
        asked.name or (_("Ten at random") if is_random else _("Picture book")),
        [_panel(number, each, False) for number, each in enumerate(read_sites(index, asked))],
        f"{reverse('web:journey')}?{asked.query()}",
        is_random,
    )


def _at_random(index: IndexSnapshot, seed: int) -> list[str]:
    """The uids of ten well-known sites; a site that is added later takes the place of one at most.

    Places of suffering and memory, which have a solemn plate, are left out.
    """

    def drawn(pk: int) -> bytes:
        return hashlib.sha256(f"{seed} {pk}".encode()).digest()

    known = index.best_known.ids[:_POOL].tolist()
    rows = page_rows.read_cards(index, sorted(known, key=drawn)[: 2 * TEN])
    return [row.uid for row in rows if covers.scene_of(row, row.kinds) != SOLEMN][:TEN]


def _first(each: JourneySite) -> Event | None:
    """The event by which it is sorted: its beginning or the date of its fabric; the earlier, if
    both are dated."""
    row = each.card.row
    dated = [event for event in (row.beginning, *row.age) if event and event.first_year is not None]
    return min(dated, key=lambda event: event.first_year or 0, default=None)


def _year(each: JourneySite) -> int | None:
    first = _first(each)
    return first.first_year if first else None


def _when(each: JourneySite) -> str:
    """The date by which it stands in the order of time."""
    first = _first(each)
    is_beginning = first is not None and first.role not in Event.AGE_ROLES
    if first and is_beginning:
        return certainty.event_phrase(first, kinds=each.card.row.kinds)
    return each.card.when


def _by_time(sites: list[JourneySite]) -> list[JourneySite]:
    def key(each: JourneySite) -> tuple[bool, int]:
        year = _year(each)
        return year is None, year or 0

    return sorted(sites, key=key)


def _by_road(sites: list[JourneySite], asked: Asked) -> list[JourneySite]:
    made = planning.plan([each.as_stop() for each in sites], asked.wishes)
    order = [visit.stop.uid for day in made.days for visit in day.visits]
    order += [stop.uid for stop, _reason in made.left]
    return sorted(sites, key=lambda each: order.index(each.uid))


def _panel(number: int, each: JourneySite, is_drawing: bool) -> Panel:
    row, site = each.card.row, each.site
    drawing = covers.drawing_of_row(row, get_language())
    data = ""
    if is_drawing:
        data = b64encode(cached_svg(drawing, SHAPES[""]).encode()).decode()
    others = language_html.in_other_languages(site.shown_name)
    return Panel(
        number + 1,
        site.uid,
        site.shown_name.best(),
        others[0] if others else None,
        each.url,
        covers.drawn_cover(site.uid, drawing.tag).src,
        _when(each),
        each.card.hook or _first_sentence(site.summary.best()),
        str(each.card.place),
        number * (WIDTH - OVERLAP),
        data,
    )


def _first_sentence(text: Text) -> SafeString | str:
    words = str(text)
    ends: Iterable[int] = (at for mark in (". ", "。") if (at := words.find(mark)) > 0)
    end = min(ends, default=len(words) - 1)
    return language_html.as_html(Text(words[: end + 1], text.language, text.is_fallback))
