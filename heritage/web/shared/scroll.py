"""Time as a handscroll: eras as bands, and under them the sites of a list, counted or as bars.

It is drawn in pixels for a sheet of `WIDTH`, in Chinese from right to left. A narrow screen scrolls
it; paper shows its full width.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.formats import path_of, term_url
from heritage.models import Era, Event, Site
from heritage.search import IndexSnapshot, timeline
from heritage.values.date_format import span_phrase, year_phrase
from heritage.values.edtf import from_historical, to_historical
from heritage.values.html import fragment
from heritage.values.language import Text
from heritage.web.shared import language_html
from heritage.web.shared.time_scale import Scale, label_width, this_year

WIDTH = 860
FEW = 36  # sites that are drawn as bars; more are counted
SMALL_BINS, _BINS = 48, 96
_COLUMN = fragment("scroll/column.html")
_EDGE = 30  # the silk and the roller on either side
_UNDATED, _UNDATED_WIDE = 84, 26  # the room for those without a year, and their column
_LEFT, _RIGHT = _EDGE + 8, WIDTH - _EDGE - _UNDATED
_AXIS = 46  # where what stands below the years begins
_LANE, _BAR_LANE, _CAPTION, _LED_OUT = 17, 19, 17, 15
_COLUMNS = 128
_AGAIN = 280  # pixels from a name of a tradition to the next, of which a phone shows one
_TRADITIONS, _LANES = 5, 5  # that are drawn, and lanes of each
_SMALL = 0.86  # letters of the scroll, beside those that `label_width` knows
_OLDEST_PAGE = -10_000  # the first year that has a page, historically

type Years = tuple[int, int]  # the first and the last that are shown, astronomical
type Query = Callable[[int, int], str]  # an address for two years


@dataclass(frozen=True, slots=True)
class YearMark:
    """A year of the axis."""

    x: str
    label: str
    is_knot: bool


@dataclass(frozen=True, slots=True)
class Band:
    """An era."""

    x: str
    y: int
    width: str
    label: str
    title: str
    url: str
    depth: int
    is_loose: bool  # its years are about right, or of tradition
    label_x: str = ""  # empty: there is no room for it
    label_y: int = 0
    leader: str = ""  # the path to a label outside


@dataclass(frozen=True, slots=True)
class Tradition:
    """The eras of one region."""

    label: Text | str
    y: int
    bands: list[Band]


@dataclass(frozen=True, slots=True)
class ScrollColumn:
    """How many sites have their year in a stretch."""

    x: str
    y: str
    width: str
    height: str
    count: int
    years: str
    label: str
    url: str

    @property
    def drawn(self) -> SafeString:
        """The column as SVG."""
        return _COLUMN(
            x=self.x, y=self.y, width=self.width, height=self.height, label=self.label, url=self.url
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """One site: from the earliest to the latest year that its event may have."""

    x: str
    y: int
    width: str
    sure_x: str  # what of it is sure; empty if nothing is
    sure_width: str
    is_loose: bool
    label: str
    label_x: str
    anchor: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """Sites that are not between the years shown: earlier, later, or without a year."""

    x: str
    y: int
    count: int
    label: str
    url: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Scroll:
    """Prepared for components/scroll.html."""

    years: Years
    height: int
    label: str
    note: str
    marks: list[YearMark]
    traditions: list[Tradition]
    omitted: int  # eras of these years that are not drawn
    columns: list[ScrollColumn]
    bars: list[Bar]
    ground: int  # where columns stand
    beyond: list[Beyond]
    undated_top: str  # of the column of those without a year; empty without any
    in_view: int
    earlier: int
    later: int
    undated: int
    knots: str  # pixel:year of each end of an even part, for the script
    red_x: str = ""  # the line of one year
    red_year: int = 0  # historically
    red_label: str = ""
    red_url: str = ""
    is_mirrored: bool = False
    width: int = WIDTH
    left: int = _LEFT
    right: int = _RIGHT

    @property
    def middle(self) -> int:
        return self.width // 2

    @property
    def captions(self) -> list[int]:
        """The positions of a tradition's name: the first, and further ones for phones, which show
        only a part."""
        at = range(_EDGE + 4, self.width - 2 * _UNDATED, _AGAIN)
        return [self.width - x if self.is_mirrored else x for x in at]

    @property
    def undated_x(self) -> int:
        x = WIDTH - _EDGE - _UNDATED // 2 - _UNDATED_WIDE // 2
        return WIDTH - x - _UNDATED_WIDE if self.is_mirrored else x

    @property
    def undated_width(self) -> int:
        return _UNDATED_WIDE

    @property
    def undated_height(self) -> str:
        return _px(self.ground - float(self.undated_top))

    @property
    def undated_url(self) -> str:
        return self.beyond[-1].url

    @property
    def undated_label(self) -> str:
        return self.beyond[-1].label

    @property
    def red_end(self) -> int:
        return self.height - 30

    @property
    def flag_anchor(self) -> str:
        return "end" if float(self.red_x or 0) > WIDTH / 2 else "start"


@dataclass(slots=True)
class _Sheet:
    """Where years lie on the sheet."""

    scale: Scale
    is_mirrored: bool
    y: int = _AXIS
    omitted: int = 0
    traditions: list[Tradition] = field(default_factory=list)

    def x(self, year: int) -> float:
        x = _LEFT + (_RIGHT - _LEFT) * self.scale.at(year) / 100
        return WIDTH - x if self.is_mirrored else x

    def stretch(self, first: int | None, last: int | None) -> tuple[float, float]:
        """The left edge and the width of some years, the last one included."""
        ends = (
            self.x(self.scale.first if first is None else first),
            self.x(self.scale.last if last is None else last + 1),
        )
        return min(ends), abs(ends[1] - ends[0])


def drawn(
    index: IndexSnapshot,
    hits: BitMap,
    role: str,
    years: Years,
    label: str,
    *,
    closer: Query,
    listed: Query,
    undated_url: str,
    is_equal: bool = False,
    with_eras: bool = True,
    era: Era | None = None,
    red: int | None = None,
    bins: int = _BINS,
) -> Scroll:
    """The scroll of some sites between two years.

    `closer(first, last)` gives the address of the scroll of these years, `listed(first, last)` that
    of the list of sites with their year in them. The tradition of `era` comes first; a red line
    marks the year `red`.
    """
    first, last = years
    sheet = _Sheet(Scale(first, last + 1, is_equal), get_language() == "zh-hans")
    found = _counted(index, hits, role, sheet.scale, bins)
    if with_eras:
        _draw_eras(sheet, index, hits, era)
    columns, bars = [], []
    if 0 < found.in_view <= FEW and with_eras:
        bars = list(_bars(sheet, _sites_in(index, hits, role, years), role))
        ground = sheet.y = sheet.y + len(bars) * _BAR_LANE + 6
    else:
        ground = sheet.y = sheet.y + _COLUMNS + 8
        columns = list(_columns(sheet, found.cuts, found.columns, ground, closer, listed))
    return Scroll(
        years=years,
        height=ground + 58,
        label=label,
        note=sheet.scale.note,
        marks=[
            YearMark(_px(sheet.x(year)), label, is_knot)
            for year, label, is_knot in _marks(sheet.scale)
        ],
        traditions=sheet.traditions,
        omitted=sheet.omitted,
        columns=columns,
        bars=bars,
        ground=ground,
        beyond=list(_beyond(sheet, found, years, closer, undated_url)),
        undated_top=_undated_top(ground, found) if columns and with_eras else "",
        in_view=found.in_view,
        earlier=found.earlier,
        later=found.later,
        undated=found.undated,
        knots=" ".join(
            f"{_px(sheet.x(year))}:{year}" for year in (first, *sheet.scale.knots, last + 1)
        ),
        is_mirrored=sheet.is_mirrored,
        **_red_line(sheet, red),
    )


class _Counts(NamedTuple):
    """The numbers of sites with their year between neighbouring cuts, before and after these, or
    without a year."""

    cuts: list[int]
    columns: list[int]
    earlier: int
    later: int
    undated: int

    @property
    def in_view(self) -> int:
        return sum(self.columns)


def _counted(index: IndexSnapshot, hits: BitMap, role: str, scale: Scale, bins: int) -> _Counts:
    """Count sites in `bins` columns, or in fewer if there are fewer years."""
    order = timeline.years_of(index, role)
    cuts = sorted({scale.year_at(100 * n / bins) for n in range(bins)} | {scale.first, scale.last})
    columns = order.counts(index, hits, cuts)
    earlier, later = (order.counts(index, hits, ends)[0] for ends in
                      ([-(2**31), scale.first], [scale.last, 2**31 - 1]))  # fmt: skip
    return _Counts(cuts, columns, earlier, later, len(hits) - sum(columns) - earlier - later)


def _undated_top(ground: int, found: _Counts) -> str:
    """The top of the column of undated sites, on the scale of the others, and not higher than the
    highest."""
    if not found.undated:
        return ""
    most = max(found.columns, default=0) or 1
    return _px(ground - max(2.0, _COLUMNS * min(found.undated, most) / most))


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _marks(scale: Scale) -> Iterator[tuple[int, str, bool]]:
    ticks = scale.ticks
    for tick in ticks:
        yield tick.year, tick.label, tick.is_knot
    for knot in set(scale.knots) - {tick.year for tick in ticks}:
        yield knot, "", True


def _red_line(sheet: _Sheet, red: int | None) -> dict:
    """The values for the line of a year; empty if the year is not in view or in the future."""
    if red is None or not sheet.scale.first <= red <= min(sheet.scale.last, this_year()):
        return {}
    year = to_historical(red)
    return {
        "red_x": _px(sheet.x(red)),
        "red_year": year,
        "red_label": year_phrase(red, style="short"),
        "red_url": year_url(red),
    }


def has_page(year: int) -> bool:
    """Whether a year (astronomical) has a page of its own."""
    return from_historical(_OLDEST_PAGE) <= year <= this_year()


def has_page_of(historical: int) -> bool:
    return historical >= _OLDEST_PAGE and has_page(from_historical(historical))


def year_url(year: int) -> str:
    """The page of a year; empty where there is none."""
    return reverse("web:year", args=[to_historical(year)]) if has_page(year) else ""


# --- eras --------------------------------------------------------------------------------------


def _draw_eras(sheet: _Sheet, index: IndexSnapshot, hits: BitMap, chief: Era | None) -> None:
    """The traditions that have most of the sites, each with its broad eras above the narrower."""
    tree = index.vocabulary.eras
    by_region: dict[object, list[Era]] = defaultdict(list)
    for era in tree.terms.values():
        if _overlaps(era, sheet.scale):
            by_region[_region(era)].append(era)
    first = _region(chief) if chief else None

    def rank(region: object) -> tuple[bool, int]:
        roots = [era for era in by_region[region] if era.parent_id is None] or by_region[region]
        sites = BitMap.union(*(index.having("era", era) for era in roots))
        return region == first, len(sites & hits)

    ranked = {region: rank(region) for region in by_region}
    order = sorted(ranked, key=lambda region: ranked[region], reverse=True)
    shown = [region for region in order if any(ranked[region])][:_TRADITIONS]
    for region in shown:
        _draw_tradition(sheet, index, hits, by_region[region], tree.broader)
    sheet.omitted += sum(len(by_region[region]) for region in order if region not in shown)


def _region(era: Era) -> object:
    return era.region_id or tuple(sorted(era.region_name.items()))


def _overlaps(era: Era, scale: Scale) -> bool:
    return (era.first_year is None or era.first_year < scale.last) and (
        era.last_year is None or era.last_year >= scale.first
    )


def region_label(era: Era) -> Text | str:
    """The region of an era in words; empty if it is not recorded."""
    if era.region_name:
        return era.region_name.best()
    return era.region.label.best() if era.region else ""


def is_of_china(era: Era) -> bool:
    return era.region is not None and (era.region.level, era.region.code) == ("country", "CN")


def _draw_tradition(
    sheet: _Sheet,
    index: IndexSnapshot,
    hits: BitMap,
    eras: list[Era],
    broader: Callable[[Era], list[Era]],
) -> None:
    top = sheet.y + _CAPTION
    lanes: list[float] = []  # where each ends that is begun
    placed: list[tuple[int, Era, float, float, int]] = []
    depth_of = {era.pk: len(broader(era)) for era in eras}
    base, depth_before = 0, -1
    ordered = sorted(eras, key=lambda era: (depth_of[era.pk], *_years(era, sheet.scale)))
    for era in ordered:
        if depth_of[era.pk] != depth_before:  # narrower eras lie under the broader ones
            base, depth_before = len(lanes), depth_of[era.pk]
        x, width = sheet.stretch(*_within(era, sheet.scale))
        start = sheet.scale.at(_years(era, sheet.scale)[0])
        end = sheet.scale.at(_years(era, sheet.scale)[1] + 1)
        free = (n for n in range(base, len(lanes)) if lanes[n] <= start + 0.05)
        lane = next(free, len(lanes))
        if lane >= _LANES or width < 0.8:
            sheet.omitted += 1
            continue
        lanes[lane : lane + 1] = [end]
        placed.append(
            (hits.intersection_cardinality(index.having("era", era)), era, x, width, lane)
        )
    foot = top + len(lanes) * _LANE
    taken: list[tuple[float, float]] = []
    bands = []
    for count, era, x, width, lane in sorted(placed, key=lambda each: -each[0]):
        label, y = era.short().text, top + lane * _LANE
        needed, middle = label_width(label) * _SMALL, x + width / 2
        label_x, label_y, leader = "", 0, ""
        if needed <= width:
            label_x, label_y = _px(middle), y + 12
        elif spot := _spot(middle, needed, taken, count):
            taken.append((spot - needed / 2, spot + needed / 2))
            label_x, label_y = _px(spot), foot + 11
            leader = f"M{_px(middle)} {y + _LANE - 2}V{foot}L{_px(spot)} {foot + 2}"
        title = _("%(era)s, %(years)s") % {"era": label, "years": era.years()}
        bands.append(
            Band(
                _px(x), y, _px(max(width, 1.2)), label, title, term_url("era", era),
                min(depth_of[era.pk], 2), era.certainty != Era.Certainty.CERTAIN,
                label_x, label_y, leader,
            )
        )  # fmt: skip
    if bands:
        sheet.traditions.append(Tradition(region_label(eras[0]), sheet.y + 12, bands))
        sheet.y = foot + (_LED_OUT if taken else 0) + 5


def _spot(
    middle: float, needed: float, taken: list[tuple[float, float]], count: int
) -> float | None:
    """The position of a label outside its band: near the middle of the band, where no other label
    is; None without room."""
    if not count:
        return None
    for shift in (0, needed * 0.4, -needed * 0.4):
        at = min(max(middle + shift, _EDGE + 4 + needed / 2), WIDTH - _EDGE - 4 - needed / 2)
        is_free = all(at + needed / 2 < start or at - needed / 2 > end for start, end in taken)
        if is_free and abs(at - middle) <= needed / 2:
            return at
    return None


def _years(era: Era, scale: Scale) -> Years:
    first = scale.first if era.first_year is None else max(era.first_year, scale.first)
    last = scale.last if era.last_year is None else min(era.last_year, scale.last)
    return first, last


def _within(era: Era, scale: Scale) -> Years:
    first, last = _years(era, scale)
    return first, min(last, scale.last - 1)


# --- sites -------------------------------------------------------------------------------------


def _columns(
    sheet: _Sheet, cuts: list[int], counts: list[int], ground: int, closer: Query, listed: Query
) -> Iterator[ScrollColumn]:
    most = max(counts, default=0) or 1
    for first, after, count in zip(cuts, cuts[1:], counts, strict=False):
        if not count:
            continue
        x, width = sheet.stretch(first, after - 1)
        tall = max(2.0, _COLUMNS * count / most)
        years = span_phrase(first, after - 1, style="short")
        words = ngettext("%(years)s: %(number)s site", "%(years)s: %(number)s sites", count)
        is_year = after - first == 1
        yield ScrollColumn(
            _px(x + 0.4), _px(ground - tall), _px(max(width - 0.8, 0.8)), _px(tall), count, years,
            words % {"years": years, "number": language_html.number(count)},
            (listed if is_year else closer)(first, after - 1),
        )  # fmt: skip


def _sites_in(index: IndexSnapshot, hits: BitMap, role: str, years: Years) -> BitMap:
    return hits & timeline.years_of(index, role).sites(*years)


def _bars(sheet: _Sheet, ids: Iterable[int], role: str) -> Iterator[Bar]:
    """A bar for each site, the earliest first."""
    kinds = [kind for kind, of in Event.ROLES.items() if of == role]
    events: dict[int, Event] = {}
    rows = Event.objects.filter(site__in=list(ids), kind__in=kinds, first_year__isnull=False)
    for event in rows.select_related("first_era", "last_era").order_by("first_year", "last_year"):
        events.setdefault(event.site_id, event)
    sites = Site.objects.published().only("slug", "name", "short_name").in_bulk(events)
    for lane, event in enumerate(events.values()):
        if site := sites.get(event.site_id):
            yield _bar(sheet, site, event, sheet.y + lane * _BAR_LANE)


def _bar(sheet: _Sheet, site: Site, event: Event, y: int) -> Bar:
    x, width = sheet.stretch(event.first_year, _cut(event.last_year, sheet.scale))
    sure_x, sure_width = "", ""
    if sure := sure_years(event):
        edge, wide = sheet.stretch(sure[0], _cut(sure[1], sheet.scale))
        sure_x, sure_width = _px(edge), _px(max(wide, 3))
    name = site.shown_name.best().text
    date, wide = event.parsed, max(width, 3)
    label_x, anchor = _beside(x, wide, label_width(name) * _SMALL)
    return Bar(
        _px(x), y, _px(wide), sure_x, sure_width,
        event.certainty != Event.Certainty.CERTAIN
        or bool(date and (date.approximate or date.uncertain)),
        name, _px(label_x), anchor, f"{name}: {event}", path_of("web:site", site.slug),
    )  # fmt: skip


def _beside(x: float, width: float, needed: float) -> tuple[float, str]:
    """The position of a label and its text-anchor: after its bar, before it, or else on it."""
    if x + width + needed + 8 < WIDTH - _EDGE:
        return x + width + 5, "start"
    if x - needed - 8 > _EDGE:
        return x - 5, "end"
    middle = max(x + width / 2, _EDGE + 4 + needed / 2)
    return min(middle, WIDTH - _EDGE - 4 - needed / 2), "middle"


def _cut(year: int | None, scale: Scale) -> int:
    return scale.last - 1 if year is None else min(year, scale.last - 1)


def sure_years(event: Event) -> Years | None:
    """The years in which an event certainly took place: its exact year, or the part of a span
    within the bounds of both ends; None if the date leaves all years open."""
    date = event.parsed
    if date is None or date.is_one_of:
        return None
    start, end = date.ends[0], date.ends[-1]
    if not start.is_dated:
        return None
    first = start.years[1]
    last = end.years[0] if end.is_dated else this_year()
    return (first, last) if first <= last else None


def _beyond(
    sheet: _Sheet, found: _Counts, years: Years, closer: Query, undated_url: str
) -> Iterator[Beyond]:
    earlier, later, undated = found.earlier, found.later, found.undated
    reach, foot = max(years[1] - years[0], 1), sheet.y + 32
    start, end = ("end", "start") if sheet.is_mirrored else ("start", "end")
    words = {"number": language_html.number(earlier)}
    if earlier:
        url = closer(years[0] - reach, years[0] - 1)
        yield Beyond(
            _px(sheet.x(years[0])), foot, earlier, _("%(number)s earlier") % words, url, start
        )
    words = {"number": language_html.number(later)}
    if later:
        url = closer(years[1] + 1, years[1] + reach)
        yield Beyond(
            _px(sheet.x(years[1] + 1)), foot, later, _("%(number)s later") % words, url, end
        )
    words = {"number": language_html.number(undated)}
    if undated:
        x = WIDTH - _EDGE - _UNDATED / 2
        x = WIDTH - x if sheet.is_mirrored else x
        yield Beyond(
            _px(x), sheet.y + 16, undated, _("%(number)s undated") % words, undated_url, "middle"
        )
