"""The timeline as a display of a list: it has the same sites and the same address.

In the address, `at` holds the years that are shown, `counted` by which of its years a site is
placed, `scale` whether all centuries are equally wide. The list below has the sites whose year is
in view.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from heritage.search import SiteFilter, timeline
from heritage.values.date_format import span_phrase
from heritage.values.edtf import EARLIEST
from heritage.values.language import LazyText
from heritage.values.query_strings import span_in_address, updated_query, years_in_address
from heritage.web.browse.picture_files import tag_of
from heritage.web.browse.shown import (
    Shown,
    TimelineChoice,
    TimelinePage,
    shown_cards,
)
from heritage.web.shared import cards, language_html, scroll
from heritage.web.shared.map_sheets import AT
from heritage.web.shared.scroll import Scroll, Years
from heritage.web.shared.time_scale import Scale, this_year

COUNTED, SCALE, EQUAL = "counted", "scale", "equal"
_LISTED = 24  # sites in the list below
_NARROWEST = 10  # years
_ROOM = 0.2  # of the years of an era, on either side of it
_STEP = 40  # percent of the scroll, by which a link moves it
_BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class TimelineDisplay:
    label: LazyText
    template: str = "components/timeline.html"

    def show(self, filtered: SiteFilter) -> Shown:
        page = _page(filtered)
        ids = _listed(filtered, page.scroll.years)
        rendered = cards.rendered_cards(filtered.index, ids)
        return Shown(
            self.template,
            ids,
            _state(page.scroll, ids),
            shown_cards(filtered, rendered),
            timeline=page,
        )

    def state(self, filtered: SiteFilter) -> Hashable:
        drawn = _drawn(filtered)
        return _state(drawn, _listed(filtered, drawn.years))


def _state(drawn: Scroll, ids: list[int]) -> Hashable:
    counts = tuple((column.x, column.count) for column in drawn.columns)
    bars = tuple((bar.x, bar.width, bar.sure_x, bar.title) for bar in drawn.bars)
    bands = tuple((t.y, *((band.x, band.label_x) for band in t.bands)) for t in drawn.traditions)
    return drawn.years, counts, bars, bands, drawn.earlier, drawn.later, drawn.undated, tuple(ids)


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """The scroll as one picture, with the name of the catalogue."""

    drawn: str

    @property
    def tag(self) -> str:
        return tag_of(self.drawn)

    def svg(self) -> str:
        return self.drawn


def picture(filtered: SiteFilter, page: str) -> TimelinePicture:
    """The scroll as a picture; its links lead to the list, whose full address is `page`."""
    credit = f"{filtered.index.vocabulary.identity.name.best()} · {page}"
    context = {"scroll": _drawn(filtered), "credit": credit}
    drawn = render_to_string("components/scroll_file.svg", context)
    origin = "/".join(page.split("/")[:3])
    linked = drawn.replace('href="?', f'href="{page}?').replace('href="/', f'href="{origin}/')
    return TimelinePicture(linked)


def counted(data: QueryDict) -> str:
    """By which of its years a site is placed: the name of the filter for that year."""
    asked = data.get(COUNTED, _BEGUN)
    return asked if asked in timeline.ROLES else _BEGUN


def is_idle(clean: QueryDict, name: str) -> bool:
    """Whether a parameter of this display has no effect."""
    if clean.get("view") != "timeline":
        return True
    if name == COUNTED:
        return clean[COUNTED] == _BEGUN or clean[COUNTED] not in timeline.ROLES
    if name == SCALE:
        return clean[SCALE] != EQUAL
    return years_at(str(clean[AT])) is None


def years_at(text: str) -> Years | None:
    """The years in an address, widened to the least number that can be shown; None if invalid."""
    asked = span_in_address(text)
    if asked is None:
        return None
    first, last = asked
    if last - first < _NARROWEST - 1:
        first = max(EARLIEST, first - (_NARROWEST - 1 - (last - first)) // 2)
        last = first + _NARROWEST - 1
    return first, last


def years_shown(filtered: SiteFilter, name: str) -> Years:
    """The years in the address; else those of the filter; else those of all sites of the list."""
    if asked := years_at(filtered.raw_data.get(AT, "")):
        return asked
    ends = timeline.years_of(filtered.index, timeline.ROLES[name]).ends(filtered.hits)
    first, last = ends or (this_year() - 1000, this_year())
    asked_for = [(span.first, span.last) for span in [filtered.chosen(name)] if span]
    asked_for += [filtered.span]
    asked_for += [(era.first_year, era.last_year) for era in filtered.chosen("era") or ()]
    known = [year for span in asked_for for year in span if year is not None]
    if len(known) > 1:
        room = max(_NARROWEST, round((max(known) - min(known)) * _ROOM))
        first, last = min(known) - room, max(known) + room
    room = max(_NARROWEST // 2, round((last - first) * 0.02))
    return max(EARLIEST, _rounded(first - room, last)), min(last + room, max(last, this_year()))


def _rounded(first: int, last: int) -> int:
    """The round year before the first: 3,700,000 BCE for a view that begins in 3,672,041 BCE."""
    step = 10 ** max(0, len(str(last - first)) - 2)
    year = first // step * step
    return year + 1 if year < 0 else year  # 700 BCE is the year -699


def _listed(filtered: SiteFilter, years: Years) -> list[int]:
    """The first of the sites in view, in the order of the list."""
    role = timeline.ROLES[counted(filtered.raw_data)]
    sites = timeline.years_of(filtered.index, role).sites(*years)
    return filtered.page(get_language(), 0, _LISTED, filtered.hits & sites)


def _drawn(filtered: SiteFilter) -> Scroll:
    data, name = filtered.raw_data, counted(filtered.raw_data)
    years = years_shown(filtered, name)
    first, last = years
    asked = filtered.chosen("stood")
    is_equal = data.get(SCALE) == EQUAL
    middle = Scale(first, last + 1, is_equal).year_at(50)
    red = asked.year if asked else min(middle, this_year())
    eras = filtered.chosen("era") or ()
    return scroll.drawn(
        filtered.index,
        filtered.hits,
        timeline.ROLES[name],
        years,
        _("Timeline, %(years)s") % {"years": span_phrase(first, last)},
        closer=partial(_closer, data),
        listed=partial(_list_of, filtered, name),
        undated_url=f"?{updated_query(data, drop=_OF_VIEW, **{name: 'none'})}",
        is_equal=is_equal,
        era=eras[0] if eras else None,
        red=red,
    )


_OF_VIEW = ("view", AT, COUNTED, SCALE)


def _closer(data: QueryDict, first: int, last: int) -> str:
    first = max(first, EARLIEST)
    return f"?{updated_query(data, **{AT: years_in_address(first, last)})}"


def _list_of(filtered: SiteFilter, name: str, first: int, last: int) -> str:
    """The address of the list of the sites of these years, within the years of the filter."""
    if asked := filtered.chosen(name):
        first = first if asked.first is None else max(first, asked.first)
        last = last if asked.last is None else min(last, asked.last)
    span = years_in_address(first, last)
    return f"?{updated_query(filtered.raw_data, drop=_OF_VIEW, **{name: span})}"


def _page(filtered: SiteFilter) -> TimelinePage:
    data, name = filtered.raw_data, counted(filtered.raw_data)
    drawn = _drawn(filtered)
    first, last = drawn.years
    number = language_html.number(drawn.in_view)
    words = {
        "begun": ngettext(
            "%(number)s site begun in %(years)s",
            "%(number)s sites begun in %(years)s",
            drawn.in_view,
        ),
        "standing": ngettext(
            "%(number)s site with fabric from %(years)s",
            "%(number)s sites with fabric from %(years)s",
            drawn.in_view,
        ),
        "dating": ngettext(
            "%(number)s site that dates from %(years)s",
            "%(number)s sites that date from %(years)s",
            drawn.in_view,
        ),
    }[name] % {"number": number, "years": span_phrase(first, last)}
    shown = _LISTED if drawn.in_view > _LISTED else 0
    return TimelinePage(
        drawn,
        words,
        list(_counts_in_words(drawn)),
        _more(shown, number) if shown else "",
        _list_of(filtered, name, first, last).removeprefix("?"),
        list(_steps(data, drawn)),
        list(_choices(data, name)),
        _scale_choice(data, drawn),
        updated_query(data),
    )


def _more(listed: int, number: str) -> str:
    return _("The first %(listed)s of %(all)s in view are listed here.") % {
        "listed": listed,
        "all": number,
    }


def _counts_in_words(drawn: Scroll) -> list[str]:
    """Sentences that say how the sites in view and the others add up to the list, and which years
    are counted."""
    found = []
    if drawn.earlier or drawn.later:
        words = {
            "earlier": language_html.number(drawn.earlier),
            "later": language_html.number(drawn.later),
        }
        found.append(_("Earlier than this are %(earlier)s, later %(later)s.") % words)
    if drawn.undated:
        found.append(
            ngettext(
                "Of %(number)s no such year is recorded.",
                "Of %(number)s no such year is recorded.",
                drawn.undated,
            )
            % {"number": language_html.number(drawn.undated)}
        )
    if drawn.columns:
        found.append(_("A date that may mean several years counts at the earliest of them."))
    if drawn.bars:
        found.append(_("A bar runs from the earliest to the latest year; its solid part is sure."))
    if drawn.omitted:
        found.append(
            ngettext(
                "%(number)s more era of this time is not drawn here.",
                "%(number)s more eras of this time are not drawn here.",
                drawn.omitted,
            )
            % {"number": language_html.number(drawn.omitted)}
        )
    return found


def _steps(data: QueryDict, drawn: Scroll) -> list[TimelineChoice]:
    """Links that move the timeline without a script, in the direction of the scroll."""
    first, last = drawn.years
    scale = Scale(first, last + 1, data.get(SCALE) == EQUAL)
    quarter, half, most = scale.year_at(25), scale.year_at(50), scale.year_at(75)
    reach = max(1, last - first)
    low, high = scale.year_at(100 - _STEP), scale.year_at(_STEP)
    back, on = ("→", "←") if drawn.is_mirrored else ("←", "→")
    moves = [
        (_("Zoom in"), "+", (quarter, max(most, quarter + 1))),
        (
            _("Zoom out"),
            "−",
            (first - max(half - first, 1), min(last + (last - half), this_year())),
        ),
        (pgettext("in time", "Earlier"), back, (first - max(1, last - low), low)),
        (pgettext("in time", "Later"), on, (high, min(last + max(1, high - first), this_year()))),
    ]
    found = []
    for label, sign, (start, end) in moves:
        start = max(start, EARLIEST)
        is_moved = (start, end) != (first, last) and start < end
        is_closer = sign != "+" or reach >= _NARROWEST
        if is_moved and is_closer:
            query = updated_query(data, **{AT: years_in_address(start, end)})
            found.append(TimelineChoice(label, sign, query))
    found.append(TimelineChoice(_("All"), "", updated_query(data, drop=[AT])))
    return found


def _choices(data: QueryDict, name: str) -> list[TimelineChoice]:
    labels = {"begun": _("Begun in"), "standing": _("Standing from"), "dating": _("Dating from")}
    return [
        TimelineChoice(
            label,
            "",
            updated_query(data, drop=[COUNTED])
            if each == _BEGUN
            else updated_query(data, **{COUNTED: each}),
            each == name,
        )
        for each, label in labels.items()
    ]


def _scale_choice(data: QueryDict, drawn: Scroll) -> TimelineChoice | None:
    """The link to the equal scale or back; None if the scale is equal anyway."""
    if data.get(SCALE) == EQUAL:
        return TimelineChoice(_("Unequal scale"), "", updated_query(data, drop=[SCALE]))
    if not drawn.note:
        return None
    return TimelineChoice(_("Equal scale"), "", updated_query(data, **{SCALE: EQUAL}))
