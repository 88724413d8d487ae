"""When sites began, what stood in a year, and the scroll: exact under every filter."""

import io
import random
import re
from bisect import bisect_right
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import resvg_py
from django.http import QueryDict
from django.utils.timezone import localdate
from PIL import Image as Picture

from heritage.models import Event, Site
from heritage.search import SiteFilter, brute_force, store, timeline
from heritage.search.timeline import Left
from heritage.server.caches import LRUCache
from heritage.values.date_format import year_phrase
from heritage.values.edtf import EDTFError, from_historical, parse
from heritage.values.reign_years import parse_reign_year, reign_years_of
from heritage.web.operations import middleware
from heritage.web.shared import scroll
from heritage.web.shared.time_scale import Scale
from tests.builders import make_era, make_event, make_kind, make_place, make_site, text
from tests.random_catalogue import Catalogue
from tests.random_queries import question

pytestmark = pytest.mark.django_db


def test_bins_of_five_hundred_filters_count_as_the_database_does():
    dice = random.Random(26)
    catalogue = Catalogue(dice)
    catalogue.populate(700)
    index = store.current()
    years = {role: brute_force.earliest_years(role) for role in timeline.ROLES.values()}
    filters = [SiteFilter(QueryDict()), *(SiteFilter(question(catalogue)) for _n in range(40))]
    compared = 0
    for number in range(500):
        hits = filters[number % len(filters)].hits
        role = dice.choice(list(years))
        cuts = sorted(dice.sample(range(-2600, 2100), dice.randint(2, 80)))
        found = timeline.years_of(index, role).counts(index, hits, cuts)
        expected = [0] * (len(cuts) - 1)
        for pk in hits:
            year = years[role].get(pk)
            place = -1 if year is None else bisect_right(cuts, year) - 1
            if 0 <= place < len(expected):
                expected[place] += 1
        assert found == expected, (role, filters[number % len(filters)].data)
        compared += sum(expected)
        dated = {pk: years[role][pk] for pk in hits if pk in years[role]}
        ends = timeline.years_of(index, role).ends(hits)
        assert ends == ((min(dated.values()), max(dated.values())) if dated else None)
        assert set(hits & timeline.undated(index, role)) == set(hits) - dated.keys()
    assert compared > 5_000


def test_every_site_is_in_one_group_of_a_year():
    dice = random.Random(7)
    Catalogue(dice).populate(400)
    kinds = ["destroyed", "destroyed", "dated", "rebuilt", "fabric"]
    rows = [
        Event(site_id=pk, kind=dice.choice(kinds), date=f"0{dice.randint(100, 999)}")
        for pk in dice.choices(Site.objects.values_list("pk", flat=True), k=400)
    ]
    Event.objects.bulk_create(rows)
    index = store.current()
    met = set()
    for year in (-2500, -1046, 1, 150, 300, 676, 1420, 2000):
        groups = timeline.standing_in(index, from_historical(year)).groups
        assert sum(map(len, groups.values())) == len(index.sites)
        expected = brute_force.left_in(from_historical(year))
        for left, sites in groups.items():
            assert set(sites) == {pk for pk, name in expected.items() if name == left}, left
            met |= {left} if sites else set()
    assert met == set(Left)


def test_what_is_left_of_a_year(subtests):
    cases = {
        Left.KEPT: [("built", "0600"), ("fabric", "0650")],
        Left.REBUILT: [("founded", "0600"), ("fabric", "1400/1500")],
        Left.GROUND: [("occupied", "-1600"), ("dated", "-1600/-1300")],
        Left.LOST: [("built", "0500"), ("destroyed", "1860")],
        Left.UNCLEAR: [("built", "0500"), ("destroyed", "0900"), ("rebuilt", "0950")],
        Left.BEFORE: [("built", "0516"), ("destroyed", "0534")],
        Left.LATER: [("built", "1406/1420")],
        Left.UNDATED: [("excavated", "1959")],
    }
    sites = {}
    for left, events in cases.items():
        sites[left] = make_site(left.value)
        for kind, date in events:
            make_event(sites[left], kind, date)
    maybe = make_site("Maybe")
    make_event(maybe, "built", "[0618..0907]")
    back = make_site("Back")  # destroyed, and built again by then
    for kind, date in (("founded", "0500"), ("destroyed", "0577"), ("rebuilt", "0600")):
        make_event(back, kind, date)
    index = store.current()
    found = timeline.standing_in(index, 676)
    for left, site in sites.items():
        with subtests.test(left=left):
            assert site.pk in found.groups[left]
    assert back.pk in found.groups[Left.UNCLEAR]
    assert set(found.unsure) == {maybe.pk}
    assert Event.objects.filter(kind="destroyed").count() == 4
    query = SiteFilter({"stood": "676.kept"})
    assert set(query.hits) == {sites[Left.KEPT].pk} and not query.problems()
    assert set(SiteFilter({"stood": "676"}).hits) == set(found.there)


@pytest.mark.parametrize(
    ("name", "value"),
    [("begun", "0..100"), ("begun", "900..618"), ("standing", "618"), ("dating", "1..99999"),
     ("stood", "0"), ("stood", "676.else"), ("stood", "12000000")],
)  # fmt: skip
def test_years_that_mean_nothing_are_said(name, value):
    filtered = SiteFilter({name: value})
    assert [problem.name for problem in filtered.problems()] == [name]
    assert filtered.hits == filtered.index.sites


def test_a_write_moves_a_site_on_the_scroll():
    site, other = make_site("One"), make_site("Other")
    event = make_event(site, "built", "0600")
    make_event(other, "built", "0700")
    before = store.current()
    order = timeline.years_of(before, "beginnings")
    event.date = "0800"
    event.save()
    index = store.current()
    assert timeline.years_of(index, "beginnings").ends(index.sites) == (700, 800)
    assert timeline.years_of(before, "beginnings") is order


# --- the scroll --------------------------------------------------------------------------------


def page_of(client, query: str, language: str = "en"):
    response = client.get(f"/{language}/sites/?{query}")
    assert response.status_code == 200, response.headers
    return response.context["list"].shown.timeline


def test_what_the_scroll_shows_adds_up_under_filters(client):
    dice = random.Random(5)
    catalogue = Catalogue(dice)
    catalogue.populate(200)
    for number in range(12):
        query = question(catalogue)
        query.pop("sort", None)
        for name, role in timeline.ROLES.items():
            asked = query.copy()
            asked["view"] = "timeline"
            asked["counted"] = name
            if number % 2:
                asked["at"] = "120..560"
            response = client.get(f"/en/sites/?{asked.urlencode()}", follow=True)
            shown = response.context["list"].shown.timeline
            drawn, total = shown.scroll, response.context["list"].total
            assert drawn.in_view + drawn.earlier + drawn.later + drawn.undated == total
            if not total:
                continue
            years = brute_force.earliest_years(role)
            first, last = drawn.years
            hits = SiteFilter(query).hits
            expected = [pk for pk in hits if pk in years and first <= years[pk] <= last]
            assert drawn.in_view == len(expected)
            assert sum(column.count for column in drawn.columns) in (0, drawn.in_view)
            assert len(drawn.bars) in (0, drawn.in_view)
            assert (drawn.undated > 0) == any(pk not in years for pk in hits)
            if expected:  # without any, no list is offered
                listed = SiteFilter(QueryDict(shown.list_query))
                assert set(listed.hits) == set(expected)


def test_few_sites_are_bars_with_what_is_sure(client):
    cases = {
        "0618": ("618", True),
        "0600/0700": ("from 600 to 700", True),
        "[0618..0907]": ("at some time", False),
        "06XX": ("7th century", False),
    }
    for date in cases:
        make_event(make_site(f"Site of {date}"), "built", date)
    shown = page_of(client, "view=timeline&at=500..1000")
    assert not shown.scroll.columns and len(shown.scroll.bars) == 4
    for bar in shown.scroll.bars:
        date = bar.label.removeprefix("Site of ")
        assert bool(bar.sure_x) == cases[date][1], date
    widths = [float(bar.width) for bar in shown.scroll.bars]
    assert max(widths) > 400 > min(widths)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_name_of_a_bar_is_cut_at_an_edge(client, language):
    long = "Pagoda and grottoes of the thousand Buddhas in the red valley"
    for date in ("0600/0990", "0610", "0800", "0985"):
        make_event(make_site(long, "红谷寺塔与千佛洞石窟及其周边古建筑群落"), "built", date)
    drawn = page_of(client, "view=timeline&at=600..1000", language).scroll
    assert len(drawn.bars) == 4
    for bar in drawn.bars:
        needed, x = scroll.label_width(bar.label) * 0.86, float(bar.label_x)
        left = {"start": x, "middle": x - needed / 2, "end": x - needed}[bar.anchor]
        assert left >= 30 and left + needed <= scroll.WIDTH - 30, bar.label


def test_chinese_runs_from_right_to_left(client):
    for year in ("0200", "0900"):
        make_event(make_site(f"Of {year}"), "built", year)
    for language, is_mirrored in (("en", False), ("zh-hans", True)):
        drawn = page_of(client, "view=timeline&at=100..1000", language).scroll
        early, late = (float(bar.x) for bar in drawn.bars)
        assert (early > late) == is_mirrored == drawn.is_mirrored
        assert (drawn.captions[0] > drawn.captions[-1]) == is_mirrored
        # A phone, which shows 320 pixels at least, always shows the name of a tradition.
        assert all(abs(a - b) < 300 for a, b in pairwise(drawn.captions))
        edge = float(drawn.knots.split(":")[0])
        assert (edge > scroll.WIDTH / 2) == is_mirrored


def test_links_move_the_scroll_and_undated_have_a_filter(client):
    make_event(make_site("One"), "built", "0650")
    make_event(make_site("Two"), "built", "0950")
    make_site("Undated")
    page = page_of(client, "view=timeline&at=600..700")
    assert (page.scroll.in_view, page.scroll.later, page.scroll.undated) == (1, 1, 1)
    for step in page.steps:
        again = page_of(client, step.query).scroll
        assert again.years != (600, 700), step
        assert again.in_view + again.earlier + again.later + again.undated == 3
    undated = client.get(f"/en/sites/{page.scroll.beyond[-1].url}")
    assert [card.name for card in undated.context["list"].shown.cards] == ["Undated"]
    html = client.get("/en/sites/?view=timeline").text
    assert 'href="?view=timeline&amp;counted=standing"' in html


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("view=timeline&at=800..600", "view=timeline"),
        ("view=timeline&counted=begun&scale=x", "view=timeline"),
        ("view=timeline&at=34.5,112.5,6", "view=timeline"),
        ("view=map&at=600..800&counted=standing", "view=map"),
        ("counted=standing&scale=equal", ""),
    ],
)
def test_what_says_nothing_of_a_timeline_is_left_out(client, asked, canonical):
    response = client.get(f"/en/sites/?{asked}")
    assert response["Location"] == f"/en/sites/{'?' if canonical else ''}{canonical}"


def test_the_picture_is_a_file_that_needs_nothing_else(client):
    make_event(make_site("One & only"), "built", "0650")
    response = client.get("/en/timeline.svg?at=600..700")
    assert response["Content-Type"] == "image/svg+xml"
    assert "style-src 'unsafe-inline'" in response["Content-Security-Policy"]
    drawn = ElementTree.fromstring(response.content)  # noqa: S314
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    text = response.content.decode()
    assert "<style>" in text and "One &amp; only" in text and "var(--" not in text
    hrefs = [each.get("href") for each in drawn.iter("{http://www.w3.org/2000/svg}a")]
    assert hrefs and all(href.startswith("http://testserver/en/") for href in hrefs)


def test_the_picture_in_pixels_shows_the_same_and_is_kept(client, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    make_event(make_site("One"), "built", "0650")
    page = client.get("/en/sites/?view=timeline&at=600..700").text
    address = re.search(r'href="(/en/timeline.png\?[^"]+)"', page)[1].replace("&amp;", "&")
    response = client.get(address)
    assert response["Content-Type"] == "image/png"
    drawn = page_of(client, "view=timeline&at=600..700").scroll
    with Picture.open(io.BytesIO(response.content)) as picture:
        assert picture.size == (drawn.width, drawn.height)
        colours = {colour for _count, colour in picture.convert("RGB").getcolors(1 << 16)}
        # Paper, and a seal-red bar on it.
        assert any(min(each) > 230 for each in colours)
        assert any(red > 140 and green < 70 for red, green, _blue in colours)
    monkeypatch.setattr(resvg_py, "svg_to_bytes", None)  # it need not be drawn again
    assert client.get(address).content == response.content
    tag = {"If-None-Match": response["ETag"]}
    assert client.get(address, headers=tag).status_code == 304


# --- the axis ----------------------------------------------------------------------------------


def test_the_axis_is_unequal_beyond_1500_years_and_says_where():
    for first, last in ((-3_000_000, 2026), (-9_000, 2026), (-3_000, 1900), (1, 1502)):
        scale = Scale(first, last)
        years = [first, *scale.knots, last]
        places = [scale.at(year) for year in years]
        assert places == sorted(places) and (places[0], places[-1]) == (0, 100)
        for year in range(first, last, max(1, (last - first) // 97)):
            assert scale.year_at(scale.at(year)) in (year - 1, year, year + 1)
        assert all(year_phrase(year, style="short") in scale.note for year in scale.knots)
        labels = [float(tick.x.rstrip("%")) for tick in scale.ticks]
        assert labels == sorted(labels) and labels
        equal = Scale(first, last, is_equal=True)
        assert not equal.knots and equal.note == ""
        assert equal.at((first + last) // 2) == pytest.approx(50, abs=0.1)
    assert Scale(1, 1500).is_even and not Scale(1, 1501).is_even
    # A century of our time is wider than one of long ago.
    whole = Scale(-3_000_000, 2026)
    assert whole.at(2000) - whole.at(1900) > 5 * (whole.at(-1900) - whole.at(-2000)) > 0


# --- a year ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_a_year_counts_every_site_once(client, language):
    china = make_place("China", "中国", level="country", code="CN", slug="china")
    tang = make_era("Tang Dynasty", "唐朝", slug="tang", span="0618/0907", region=china)
    make_era("Ming Dynasty", "明朝", slug="ming", span="1368/1644", region=china)
    kept = make_site("Kept", latitude=34.5, longitude=112.5)
    make_event(kept, "fabric", "0650")
    make_event(kept, "completed", "0676")
    gone = make_site("Gone")
    make_event(gone, "built", "", tang)
    make_event(gone, "destroyed", "0900")
    make_event(make_site("Later"), "built", "1420")
    make_site("Undated")
    response = client.get(f"/{language}/year/676/")
    page = response.context["page"]
    assert sum(each.count for each in page.counts) == page.total == 4
    counts = dict(zip(Left, (each.count for each in page.counts), strict=True))
    assert counts[Left.KEPT] == counts[Left.LOST] == 1
    assert counts[Left.LATER] == counts[Left.UNDATED] == 1
    for each in page.counts:
        assert client.get(each.url).context["list"].total == each.count
    assert [ruler.url for ruler in page.rulers] == [f"/{language}/eras/tang/"]
    assert [(event.name, event.url) for event in page.events] == [
        ("Kept", f"/{language}/sites/kept/")
    ]
    assert [mark.kind for mark in page.map.sheet.marks] == ["site"] and page.map.counts
    assert page.scroll.red_url == f"/{language}/year/676/"
    assert page.unsure  # of the one that is dated by an era alone
    reigns = {"en": ["Tang Shangyuan 3", "Tang Yifeng 1"], "zh-hans": ["唐上元三年", "唐仪凤元年"]}
    assert page.reigns == reigns[language]
    assert "noindex" not in response.context["head"].robots
    empty = client.get(f"/{language}/year/677/")
    assert empty.context["head"].robots == "noindex, follow" and not empty.context["page"].events


def test_what_happened_in_a_year_is_said_with_its_note_and_its_date(client):
    cases = {
        "Exact": ("completed", "0676", None, "completed"),
        "Noted": ("built", "0676", "the stupa", "built · the stupa"),
        "Else": ("other", "0676", "Sack of the town", "Sack of the town"),
        "Day": ("completed", "0676-01-30", None, "completed · 30 January 676"),
        "About": ("built", "0676~", None, "built · about 676"),
    }
    for name, (kind, date, note, _said) in cases.items():
        make_event(make_site(name), kind, date, note=text(note) if note else {})
    page = client.get("/en/year/676/").context["page"]
    found = {event.name: event.words for event in page.events}
    assert found == {name: said for name, (*_event, said) in cases.items()}


@pytest.mark.parametrize(
    ("address", "status"),
    [("676", 200), ("-1046", 200), ("-10000", 200), ("-1", 200), ("1", 200), ("-10001", 404),
     ("0", 404), ("0676", 404), ("2999", 404), ("99999", 404), ("999999", 404), ("-0", 404)],
)  # fmt: skip
def test_years_that_have_a_page(client, address, status):
    assert client.get(f"/en/year/{address}/").status_code == status


def test_links_of_a_year_leave_out_the_year_0(client):
    steps = [step.url for step in client.get("/en/year/-1/").context["page"].steps]
    assert "/en/year/-2/" in steps and "/en/year/1/" in steps and "/en/year/0/" not in steps
    latest = client.get(f"/en/year/{localdate().year}/").context["page"]
    assert len(latest.steps) == 3  # none of what is to come


def test_the_page_of_a_year_is_cached_until_something_is_written(client, settings, monkeypatch):
    settings.PAGES_KEPT = 50
    monkeypatch.setattr(middleware, "pages", LRUCache(50))
    site = make_site("One")
    make_event(site, "fabric", "0650")
    assert client.get("/en/year/676/").context["page"].standing == 1
    assert client.get("/en/year/676/").context is None  # as it was kept
    make_event(make_site("Two"), "fabric", "0655")
    assert client.get("/en/year/676/").context["page"].standing == 2


def test_reign_years_are_those_that_the_reader_of_dates_knows():
    for year in range(-140, 1912, 7):
        for each in reign_years_of(year):
            for written in (each.in_chinese(), each.romanised()):
                try:
                    read = parse_reign_year(written.lower() if written.isascii() else written)
                except EDTFError:  # several dynasties used the title
                    continue
                assert read is not None, written
                assert parse(read).first_year == year, written
    assert [each.in_chinese() for each in reign_years_of(from_historical(-1046))] == []
    assert "明永乐十八年" in [each.in_chinese() for each in reign_years_of(1420)]


def test_pages_of_terms_show_their_stretch_until_a_year_is_written(client, settings, monkeypatch):
    settings.PAGES_KEPT = 50
    monkeypatch.setattr(middleware, "pages", LRUCache(50))
    kind = make_kind(slug="temple")
    events = []
    for year in ("0500", "0600", "0700"):
        site = make_site(f"Of {year}")
        site.kinds.add(kind)
        events.append(make_event(site, "built", year))
    make_event(make_site("No temple"), "built", "0900")
    for path in ("kinds/temple/", ""):
        page = client.get(f"/en/{path}").context["page" if path else "home"]
        assert page.stretch.scroll.in_view == (3 if path else 4)
        assert client.get(page.stretch.url).context["list"].total == (3 if path else 4)
        assert client.get(f"/en/{path}").context is None  # as it was kept
    events[0].date = "1400"
    events[0].save()
    for path in ("kinds/temple/", ""):
        page = client.get(f"/en/{path}").context["page" if path else "home"]
        assert page.stretch.scroll.years[1] >= 1400
