"""A small timeline on pages: when the sites of a page began, with a link to the full timeline."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyroaring import BitMap

from heritage.formats import list_url
from heritage.search import IndexSnapshot, SiteFilter, timeline
from heritage.values.edtf import EARLIEST
from heritage.values.query_strings import years_in_address
from heritage.web.shared import language_html, page_dependencies, scroll
from heritage.web.shared.scroll import Scroll, Years
from heritage.web.shared.time_scale import this_year

_LEAST = 3  # sites with a year, of which a drawing says more than their pages
_ROOM = 0.25  # of the years asked for, on either side
_ROLE = timeline.ROLES["begun"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Prepared for components/stretch.html; `url` is the timeline of the same sites."""

    scroll: Scroll
    url: str
    counts: str


def of_sites(
    index: IndexSnapshot,
    hits: BitMap,
    filters: dict[str, str | list[str]],
    years: tuple[int | None, int | None] = (None, None),
) -> Stretch | None:
    """The timeline of the sites that match `filters`, in `years` or in all of theirs; None if there
    are few."""
    shown = _years(index, hits, *years)
    names = tuple((name, value) for name, value in filters.items())
    question = partial(_counts, filters=names, years=years)
    page_dependencies.answer(index, question, _state(index, hits, shown))
    if shown is None:
        return None

    whole = list_url(**filters, view="timeline")

    def timeline_url(first: int, last: int) -> str:
        return f"{whole}&at={years_in_address(first, last)}"

    drawn = scroll.drawn(
        index, hits, _ROLE, shown, _("When they began"),
        closer=timeline_url,
        listed=lambda first, last: list_url(**filters, begun=years_in_address(first, last)),
        undated_url=list_url(**filters, begun="none"),
        with_eras=False,
        bins=scroll.SMALL_BINS,
    )  # fmt: skip
    if drawn.in_view < _LEAST:
        return None
    counted = ngettext(
        "%(number)s site with a known year is drawn.",
        "%(number)s sites with a known year are drawn.",
        drawn.in_view,
    ) % {"number": language_html.number(drawn.in_view)}
    return Stretch(drawn, whole, counted)


def _years(index: IndexSnapshot, hits: BitMap, first: int | None, last: int | None) -> Years | None:
    ends = timeline.years_of(index, _ROLE).ends(hits)
    if ends is None:
        return None
    if first is not None and last is not None:
        room = max(10, round((last - first) * _ROOM))
        return max(EARLIEST, first - room), min(last + room, max(last, this_year()))
    room = max(5, round((ends[1] - ends[0]) * 0.02))
    return max(EARLIEST, ends[0] - room), min(ends[1] + room, max(ends[1], this_year()))


def _state(index: IndexSnapshot, hits: BitMap, years: Years | None) -> Hashable:
    if years is None:
        return None
    first, last = years
    cuts = sorted({first + (last - first) * n // 200 for n in range(201)} | {last + 1})
    counts = timeline.years_of(index, _ROLE).counts(index, hits, [-(2**31), *cuts, 2**31 - 1])
    return first, last, len(hits), tuple(counts)


def _counts(
    index: IndexSnapshot,
    filters: Iterable[tuple[str, str | list[str]]],
    years: tuple[int | None, int | None],
) -> Hashable:
    """The counts, to compare them with those in another state of the index."""
    hits = SiteFilter(dict(filters)).hits
    return _state(index, hits, _years(index, hits, *years))
