"""Charts, timelines, directions and folded facets: geometry that tells the truth."""

import itertools
import re
from collections import defaultdict
from random import Random

import pytest
from django.http import QueryDict
from django.utils import translation

from heritage.models import Era
from heritage.search import store
from heritage.search.counting import FacetCounts
from heritage.search.facets.base import FacetValue
from heritage.search.index.snapshot import NOTHING, TermTree
from heritage.web.browse.facet_display import folded
from heritage.web.shared import time_scale
from heritage.web.shared.charts import Chart, ChartRow, Series
from heritage.web.shared.language_html import TermTexts
from heritage.web.shared.time_scale import Scale, nice_step, scale_of
from heritage.web.site.events import site_timeline
from heritage.web.site.location import direction
from tests import builders as build
from tests.webrows import full_site, plain_site, rows_of, vocabulary

pytestmark = pytest.mark.django_db


def chart(*rows) -> Chart:
    series = [Series("a", "A"), Series("b", "B")]
    return Chart(
        "c", "Title", "", "Year", series, [ChartRow(str(n), list(v)) for n, v in enumerate(rows)]
    )


def test_bars_are_as_long_as_their_numbers():
    first, second = chart((3, 1), (2, 0)).bars
    assert [(p.x, p.width) for p in first.parts] == [("0.00%", "75.00%"), ("75.00%", "25.00%")]
    assert [(p.key, p.width) for p in second.parts] == [("a", "50.00%")]


def test_columns_are_as_tall_as_their_numbers():
    found = chart((10, 10), (0, 5))
    tall = [[float(part.height) for part in shape.parts] for shape in found.columns]
    assert tall[0] == [75.0, 75.0] and tall[1] == [37.5]
    assert [line.label for line in found.lines] == [5, 10, 15, 20]
    top = found.columns[0].parts[-1]
    assert float(top.y) == pytest.approx(found.ground - 150)


def test_an_empty_chart_is_drawn_without_dividing_by_nothing():
    assert chart().bars == chart().columns == []
    assert [shape.parts for shape in chart((0, 0)).columns] == [[]]


@pytest.mark.parametrize(("size", "parts", "step"), [(61, 4, 20), (4229, 6, 1000), (3, 4, 1)])
def test_steps_are_round(size, parts, step):
    assert nice_step(size, parts) == step


# --- time -------------------------------------------------------------------------------------


def test_a_scale_has_room_around_and_no_year_nought():
    scale = scale_of([(-99, 200), (None, 150)])
    assert scale.at(scale.first) == 0 and 0 < scale.at(-99) < scale.at(200) < 100
    assert scale.span(None, 150)[0] == 0 and scale.span(100, None)[1] == 100
    labels = [tick.label for tick in Scale(-1000, 1000).ticks]
    assert labels == ["500 BCE", "1 CE", "500"]
    assert scale_of([(None, None)]) is None


def strip(site):
    return site_timeline(rows_of(site), TermTree(Era.objects.all()))


def test_founding_and_fabric_are_told_apart_on_the_strip(client, words):
    line = strip(full_site(words))
    assert [mark.role for mark in line.marks] == ["beginnings", "other", "standing"]
    begun, enlarged, fabric = line.marks
    assert begun.is_dot and begun.is_loose and begun.label == "begun c. 493"
    assert enlarged.is_loose
    assert not fabric.is_dot and fabric.label.endswith("Tang to Qing")
    named = {segment.label for segment in line.segments if segment.is_named}
    assert named == {"Eastern Han", "Tang", "Qing"} or named == {"Tang", "Qing"}
    html = client.get("/en/sites/longmen-grottoes/").content.decode()
    assert 'class="moment-mark moment-standing"' in html and "moment-loose" in html
    assert "dashed: not certain" in html


def test_only_the_eras_of_a_site_and_the_broader_ones_are_on_its_strip(words):
    """Each has a label, however short it was."""
    wide = build.make_era("Wide", slug="wide", span="1000/1800", region_name={"en": "Europe"})
    own = build.make_era("Own", slug="own", span="1620/1622", region_name={"en": "Europe"},
                         parent=wide)  # fmt: skip
    for name, span in (("Elsewhere", "1500/1700"), ("At its side", "1500/1700")):
        build.make_era(name, slug=name.lower().replace(" ", "-"), span=span,
                       region_name={"en": "Europe"}, parent=wide)  # fmt: skip
    site = build.make_site("Castle")
    build.make_event(site, "built", "1620", own)
    build.make_event(site, "fabric", "0800/1700")
    segments = strip(site).segments
    assert {segment.label for segment in segments} == {"Wide", "Own"}
    assert all(segment.fits == time_scale.EVERYWHERE or segment.beside_x for segment in segments)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_labels_of_a_strip_are_not_cut_on_a_phone(words, language):
    """On a strip 320 pixels wide each label that is shown ends within it."""
    jin = build.make_era("Jin (1115–1234)", "金", span="1115/1234", slug="jin")
    site = build.make_site("White Horse Temple")
    build.make_event(site, "founded", date="0001")
    build.make_event(
        site, "fabric", first_era=jin, last_era=Era.objects.get(slug="qing"),
    )  # fmt: skip
    with translation.override(language):
        line = strip(site)
    for mark in line.marks:
        shown, x, dx, anchor = (
            (mark.short, mark.short_x, mark.short_dx, mark.short_anchor)
            if mark.fits
            else (mark.label, mark.label_x, mark.label_dx, mark.anchor)
        )
        at, width = float(x.rstrip("%")) * 3.2 + dx, time_scale.label_width(shown)
        start = at - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        assert shown and start > -7 and start + width < 327, shown
    fabric = line.marks[-1]
    if language == "en":
        assert fabric.label == "surviving fabric Jin (1115–1234) to Qing" and fabric.fits
        # not the first era alone, as if nothing of the later ones stood
        assert fabric.short == "Jin (1115–1234) …"


@pytest.mark.parametrize("seed", range(12))
def test_each_named_era_has_a_label_on_a_phone(words, seed):
    """Within, beside or over it, and nothing lies on anything else."""
    dice = Random(seed)
    site = build.make_site("Old town")
    for number in range(dice.randint(2, 9)):
        start = dice.randint(0, 1900)
        name = " ".join(["Era", "of", "Merchants", "and", "Monks"][: dice.randint(1, 5)])
        era = build.make_era(
            f"{name} {number}", slug=f"era-{number}", region=words.china,
            span=f"{start:04d}/{start + dice.randint(5, 100):04d}",
        )  # fmt: skip
        if number % 3 != 2:
            build.make_event(site, "rebuilt", first_era=era)
    line = strip(site)
    lanes = defaultdict(list)
    for segment in line.segments:
        start = float(segment.x.rstrip("%"))
        end = start + float(segment.width.rstrip("%"))
        if segment.is_named and segment.fits != time_scale.EVERYWHERE:
            wide = 100 * time_scale.label_width(segment.label, is_bold=True) / 320
            at = float(segment.beside_x.rstrip("%"))
            label = at - wide * {"start": 0, "middle": 0.5, "end": 1}[segment.beside_anchor]
            assert label >= -0.1 and label + wide <= 100.1, segment.label
            start, end = min(start, label), max(end, label + wide)
        lanes[segment.y].append((start, end))
    for taken in lanes.values():
        taken.sort()
        assert all(one[1] <= two[0] + 0.2 for one, two in itertools.pairwise(taken)), taken
    assert line.foot > max(lanes) + time_scale.LANE


def test_no_strip_without_a_date(words):
    assert strip(build.make_site()) is None


# --- where ------------------------------------------------------------------------------------


def test_neighbours_lie_in_their_direction():
    here = build.make_site("Here", latitude=34.5, longitude=112.5)
    east = build.make_site("East", latitude=34.5, longitude=112.6)
    south = build.make_site("South", latitude=34.4, longitude=112.5)
    ways = [direction(here.public_point, there.public_point) for there in (east, south)]
    assert ways == ["east", "south"]


def test_directions_hold_across_the_date_line():
    here = build.make_site(latitude=0, longitude=179.9)
    other = build.make_site(latitude=0, longitude=-179.9)
    assert direction(here.public_point, other.public_point) == "east"


# --- covers -----------------------------------------------------------------------------------


def test_a_cover_has_the_seal_of_an_era_and_of_no_country(client):
    germany = build.make_place("Germany", "德国", level="country", code="DE")
    reef = build.make_kind("Reef", scene="cliffs")
    temple = build.make_kind("Tower", scene="pagoda-zh-brick")
    site = build.make_site("Somewhere", place=germany, latitude=50, longitude=7, kinds=[reef])
    assert "<text" not in client.get(f"/en/covers/{site.uid}.svg").content.decode()
    china = build.make_place("China", "中国", level="country", code="CN", slug="cn")
    site = build.make_site("Elsewhere", place=china, kinds=[temple])
    build.make_event(site, "built", "", build.make_era("Tang", "唐", slug="tang-of-china"))
    assert ">唐</text>" in client.get(f"/en/covers/{site.uid}.svg").content.decode()


# --- facets -----------------------------------------------------------------------------------


def value(number, parent=None) -> FacetValue:
    depth = 0 if parent is None else 1
    return FacetValue(f"Value {number}", f"v{number}", depth, parent, NOTHING)


def fold(values, query="", picked=()):
    """As many sites have each value as its number says."""
    counts = [int(each.slug[1:]) for each in values]
    facet = FacetCounts("place", "Label", values, counts, range(len(values)), picked)
    return folded(facet, QueryDict(query), TermTexts(store.current()))


def values(found) -> list[str]:
    return re.findall(r' value="([^"]*)"', found.lines)


def test_a_short_facet_is_whole():
    found = fold([value(number) for number in range(12)])
    assert values(found) == [f"v{number}" for number in range(12)]
    assert (found.more, found.is_unfolded) == (0, False)


def test_a_long_facet_is_folded_and_loses_nothing():
    known = [value(number) for number in range(30)]
    found = fold(known, "place=v1", [1])
    assert set(values(found)) == {"v1", *(f"v{n}" for n in range(22, 30))}
    assert (found.chosen, found.more) == (1, 21)
    whole = fold(known, "place=v1&all=place", [1])
    assert values(whole) == [each.slug for each in known]
    assert (whole.more, whole.is_unfolded) == (0, True)


def test_a_value_parted_from_its_broader_one_names_it():
    known = [value(1), value(100, parent=0), *(value(n + 50) for n in range(20))]
    line = next(line for line in fold(known).lines.split("<li") if ' value="v100"' in line)
    assert line.startswith("><label>") and "<small>Value 1</small>" in line


@pytest.mark.parametrize("others", [2, 20], ids=["short", "long"])
def test_a_chosen_value_whose_broader_one_has_no_site_here_names_that_one(others):
    known = [*(value(n + 50) for n in range(others)), value(1), value(0, parent=others)]
    counts = [*range(50, 50 + others), 0, 0]
    offered = [*range(others), others + 1]
    facet = FacetCounts("place", "Label", known, counts, offered, [others + 1])
    found = folded(facet, QueryDict("place=v0"), TermTexts(store.current()))
    line = next(line for line in found.lines.split("<li") if ' value="v0"' in line)
    assert line.startswith("><label ") and "<small>Value 1</small>" in line


def test_a_value_that_no_site_has_left_is_marked():
    none, some = fold([value(0), value(1)]).lines.split("</li>")[:2]
    assert "option-nothing" in none and '"option-count">0<' in none
    assert "option-nothing" not in some and '"option-count">1<' in some


def test_the_world_heritage_page_is_exact_after_every_write(client):
    """It is remembered while nothing of World Heritage is written; compared is a fresh process."""
    words = vocabulary()
    sites = [plain_site(words, number) for number in range(12)]
    region = build.make_term(words.unesco, "APA", "region", label="Asia")
    entries = [
        build.make_designation(
            f"Property {number}", register=words.unesco, reference=str(number), events=["1987"]
        )
        for number in range(3)
    ]
    coverages = [
        build.make_coverage(site, entry) for site, entry in zip(sites, entries, strict=False)
    ]

    def page() -> str:
        return client.get("/en/world-heritage/").text

    def changed(row, **values):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    writes = [
        lambda: entries[0].events.create(kind="in_danger", date="2001"),
        lambda: entries[0].world_heritage.regions.set([region]),
        lambda: changed(sites[0], name=build.text("Renamed")),
        lambda: changed(coverages[1], site=sites[5]),
        lambda: changed(sites[5], state="archived"),
        lambda: changed(sites[5], state="published"),
        lambda: entries[2].events.create(kind="superseded", date="2003"),
        lambda: changed(entries[2], category=build.make_term(words.unesco, "mixed")),
        lambda: build.make_coverage(sites[7], entries[2]),
        lambda: entries[1].events.create(kind="delisted", date="2010"),
        lambda: coverages[0].delete(),
    ]
    seen = page()
    before = store.current().world_heritage_cache
    changed(sites[11], area_ha=3)
    assert store.current().world_heritage_cache is before
    pages = {seen}
    for write in writes:
        write()
        after = page()
        store._shared.clear()
        assert page() == after
        pages.add(after)
    assert len(pages) > len(writes) // 2
