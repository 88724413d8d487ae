"""The bench: made-up records are what the catalogue would make of them; figures are right."""

import math
import os
import random
import re
import socket
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from itertools import islice, pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import RequestFactory

from benchmarks import (
    addresses,
    admin,
    checking,
    downloads,
    generate,
    imports,
    measure,
    pairs,
    peers,
    serving,
    views,
    wording,
    writing,
)
from benchmarks import settings as bench_settings
from benchmarks.figures import (
    Sample,
    Walked,
    median,
    percentile,
    ratio,
    readings,
    short,
    table,
    versus,
)
from benchmarks.figures import walks as walk_table
from benchmarks.known import Known
from benchmarks.records import edtf_of
from heritage.models import ComponentPoint, Coverage, IndexChange, Opening, Site, SortName
from heritage.search import store
from heritage.services.denormalized import delete_words
from heritage.services.record_problems import problems
from heritage.values import edtf
from tests import builders as build
from tests import webrows
from tests.index_comparison import assert_as_rebuilt

RECORDS = 60
KIND, PLACE = ("Temple", "寺庙"), ("Anning", "安宁")


# --- records ---------------------------------------------------------------------------------


@pytest.fixture
def vocabulary(db):
    """What made-up records refer to: a little of each."""
    china = build.make_place("China", "中国", level="country", code="CN")
    henan = build.make_place("Henan", "河南省", level="province", parent=china)
    build.make_place("Luoyang", "洛阳市", parent=henan)
    spain = build.make_place("Spain", "西班牙", level="country", code="ES")
    religious = build.make_kind("Religious place", "宗教场所")
    build.make_kind("Pagoda", "塔", parent=religious)
    build.make_kind("Bridge", "桥梁")
    ages = ["-9999~/-1899~", "-1599/-1045", "-0206/0220", "0618/0907", "1368/1644", "1949/.."]
    for span in ages:
        build.make_era(span=span, region=china)
    registers = {
        slug: build.make_register(role, slug=slug)
        for slug, role in {
            "whl": "world_heritage",
            "whl-tentative": "tentative",
            "cn-national": "protection",
            "cn-provincial": "protection",
            "cn-rating": "rating",
        }.items()
    }
    build.make_term(registers["cn-national"], "tombs")
    for state, latitude, longitude in ((china, 34.5, 112.4), (spain, 40.1, -3.2)):
        entry = build.make_designation(register=registers["whl"], name=build.text("Ancient", "古"))
        ComponentPoint.objects.create(
            designation=entry, number=1, state=state, latitude=latitude, longitude=longitude
        )
    build.make_source(kind="official")
    build.make_source(kind="recalled")


def test_made_up_records_are_what_the_catalogue_makes_of_them(vocabulary):
    generate.add(RECORDS, seed=5)
    generate.finish()
    assert Site.objects.published().count() == RECORDS
    assert checking.differences(RECORDS) == []
    assert [str(problem) for problem in problems()] == []
    assert len(store.current().sites) == RECORDS
    assert Site.objects.filter(first_year__lt=0).exists()
    assert Site.objects.exclude(inscribed_year=None).exists()
    assert Coverage.objects.filter(designation__register__role="protection").exists()
    assert Opening.objects.with_reliance().filter(relied_on=True).exists()

    # The proof can fail: by a column of another table, by a word, by a column of its own.
    SortName.objects.filter(site=Site.objects.first(), language="en").update(key="wrong")
    assert [line.split()[2] for line in checking.differences(RECORDS)] == ["key:"]
    delete_words([Site.objects.last().pk])
    assert len(checking.differences(RECORDS)) == 2
    QuerySet(Site).filter(pk=Site.objects.first().pk).update(public_latitude=1)
    assert len(checking.differences(RECORDS)) == 3


def test_growing_gives_the_records_that_making_all_at_once_would(vocabulary):
    generate._start(Known.read())
    assert generate.add(8, seed=5) == 8
    assert generate.add(8, seed=5) == 0
    assert generate.add(12, seed=5) == 4
    grown = list(Site.objects.order_by("pk").values_list("uid", "slug", "published_at"))
    made = generate.make(5, range(1, 13), 0, 1)["heritage.Site"]
    names = [column.attname for column in Site._meta.concrete_fields]
    rows = [dict(zip(names, row, strict=True)) for row in made]
    assert grown == [(row["uid"], row["slug"], row["published_at"]) for row in rows]
    assert generate.make(5, range(1, 5), 0, 1) == generate.make(5, range(1, 5), 0, 1)
    assert generate.make(6, range(1, 5), 0, 1) != generate.make(5, range(1, 5), 0, 1)
    build.make_site("By hand")  # the database gives ids behind those that were given out
    assert Site.objects.count() == 13


@pytest.mark.parametrize(
    ("year", "chance", "text"),
    [(618, 0.9, "0618"), (-499, 0.1, "-0499~"), (0, 0.5, "0000"), (-20_000, 0.5, "-9999")],
)
def test_dates_are_what_the_catalogue_stores(year, chance, text):
    assert edtf_of(year, chance) == text
    assert edtf.parse(text).text == text


def test_words_are_as_common_as_is_promised():
    dice = random.Random(3)
    texts = [wording.summary(dice, KIND, PLACE) for _ in range(2_000)]
    for english, chinese, share in wording.SHARES.values():
        for word, language in ((english, 0), (chinese, 1)):
            held = sum(word in text[language] for text in texts)
            assert held / len(texts) == pytest.approx(share, rel=0.4, abs=0.003), word


def test_a_few_words_are_common_and_many_are_rare():
    dice = random.Random(3)
    drawn = Counter(wording.name(dice, KIND, True).proper[0] for _ in range(2_000))
    counts = sorted(drawn.values(), reverse=True)
    assert len(drawn) > 500
    assert sum(counts[:20]) > 15 * sum(counts[-20:])


def test_no_other_word_begins_like_one_that_is_counted():
    words = [
        word
        for drawn in vars(wording).values()
        if isinstance(drawn, wording.Words)
        for word, _chinese in drawn.pairs
    ]
    assert len(words) > 3_000
    assert not [word for word in words if word.lower().startswith(wording.MARKED)]


# --- addresses ---------------------------------------------------------------------------------

KNOWN = {
    "total": 5_000,
    "filters": ["q", "kind", "era"],
    "slugs": [f"site-{number}" for number in range(40)],
    "names": [{"en": "White Horse Temple", "zh-hans": "白马寺"}, {"en": "Longmen Grottoes"}],
    "terms": {"kind": ["temple", "pagoda"], "era": ["tang", "ming"], "place": []},
}


def test_a_walk_is_seeded_and_mostly_new():
    steps = list(addresses.walk(KNOWN, "a", 2_000))
    assert steps == list(addresses.walk(KNOWN, "a", 2_000))
    assert steps != list(addresses.walk(KNOWN, "b", 2_000))
    searches = sum("q=" in step for step in steps)
    assert searches / len(steps) == pytest.approx(0.12, abs=0.02)
    assert all(step.startswith(("/en/sites/", "/zh-hans/sites/")) for step in steps)


def test_who_pans_asks_for_windows_that_there_are(client, db):
    steps = list(addresses.pan(KNOWN, "a", 60))
    assert steps == list(addresses.pan(KNOWN, "a", 60)) and len(set(steps)) > 40
    zooms = [int(step.split("&size")[0].rpartition("%2C")[2]) for step in steps]
    assert max(abs(b - a) for a, b in pairwise(zooms[:20])) <= 1 < len(set(zooms))
    assert {client.get(step).status_code for step in steps[::7]} == {200}


def test_pages_vary_and_say_what_they_need():
    pages = {page.name: page for page in addresses.pages(KNOWN)}
    drawer = addresses.Drawer(KNOWN, "a")
    for page in pages.values():
        assert len({page.vary(drawer) for _ in range(30)}) > 1, page.name
    assert addresses.missing(pages["years and box"], KNOWN) == ["from", "to", "bbox"]
    assert addresses.missing(pages["browse"], KNOWN) == []
    assert pages["last page"].same == "/en/sites/?page=209"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["map", "map tile", "list as CSV", "timeline", "year"])
def test_addresses_that_are_drawn_are_answered(client, settings, tmp_path, name):
    settings.MEDIA_ROOT = str(tmp_path)
    build.make_site("Temple", latitude=34.7, longitude=112.4)
    page = {page.name: page for page in addresses.pages(KNOWN)}[name]
    assert client.get(page.same).status_code == 200
    drawn = page.vary(addresses.Drawer(KNOWN, "a"))
    # Terms of another catalogue are dropped from the address.
    assert client.get(drawn, follow=True).status_code == 200, drawn


@pytest.mark.django_db
def test_a_file_is_made_of_all_sites():
    for number in range(3):
        build.make_site(f"Temple {number}")
    rows, seconds, size = downloads.made("csv")
    assert rows == 3 and seconds > 0 and size > 100


def test_an_import_is_measured(vocabulary, tmp_path):
    table = imports.write_table(tmp_path / "sites.csv", 12)
    parts = [(part, records) for part, records, *_seconds in imports.imported(table)]
    assert parts == [("plan", 12), ("apply", 12)] and Site.objects.count() == 12


def test_a_table_is_planned_before_readers_are_measured_beside_it(vocabulary):
    apply = writing.planned(5, random.Random(1))
    assert not Site.objects.exists()
    apply()
    assert Site.objects.count() == 5


@pytest.mark.django_db
def test_a_version_says_what_addresses_can_be_made_of():
    temple = build.make_kind("Temple", slug="temple")
    build.make_site("Temple", slug="a-temple", kinds=[temple])
    known = pairs._known()
    assert known["total"] == 1 and known["slugs"] == ["a-temple"]
    assert "temple" in known["kind"]


def test_a_version_is_asked_for_an_address():
    asked = []

    def handler(environ, start):
        asked.append((environ["PATH_INFO"], environ["QUERY_STRING"]))
        start("404 Not Found", [])
        sum(range(100_000))
        return BytesIO(b"nothing")

    status, spent = pairs._computed(handler, "/en/sites/?kind=temple")
    assert status == 404 and spent > 0
    assert asked == [("/en/sites/", "kind=temple")]


def test_two_versions_are_asked_for_the_same_lists():
    terms = {"era": ["tang"], "kind": ["temple"], "place": ["henan"]}
    known = {"total": 200, "slugs": ["a", "b"], **terms}
    first, again = pairs._addresses(known), pairs._addresses(known | {"slugs": ["c", "d"]})
    for name in first:
        drawn = [list(islice(each[name], 20)) for each in (first, again)]
        assert (drawn[0] == drawn[1]) == (name != pairs.SITE)
        assert len(set(drawn[0])) > 1


@pytest.mark.django_db
def test_the_plain_page_counts_what_is_there(settings):
    settings.TEMPLATES = bench_settings.TEMPLATES
    temple, other = build.make_kind("Temple", slug="temple"), build.make_kind(slug="other")
    for number in range(3):
        build.make_site(f"Temple {number}", kinds=[temple])
    build.make_site("Two", kinds=[temple, other])
    build.make_site("Draft", kinds=[other], state="draft")
    answer = views.plain(RequestFactory().get("/bench/plain/", {"kind": "temple"}))
    text = answer.content.decode()
    assert "4 sites" in text
    assert ">temple</a> 4" in text and ">other</a> 1" in text
    assert "Draft" not in text


@pytest.mark.django_db
def test_a_catalogue_says_what_addresses_can_be_made_of():
    build.make_site("Temple", kinds=[build.make_kind(slug="temple")], slug="a-temple")
    answer = views.known(RequestFactory().get("/bench/known/"))
    assert b'"slugs": ["a-temple"]' in answer.content
    assert b'"kind": ["temple"]' in answer.content


# --- figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([5], 0.95, 5), (range(1, 101), 0.95, 95), (range(1, 101), 0.5, 50), ([3, 1, 2], 1, 3)],
)
def test_a_percentile_is_a_value_that_was_measured(values, share, found):
    assert percentile(list(values), share) == found


def test_of_nothing_there_are_no_figures():
    assert math.isnan(percentile([], 0.5)) and math.isnan(median([]))
    assert ratio(1, 0) == ratio(math.nan, 2) == ratio(2, math.nan) == short(math.nan) == "–"
    assert Sample().cell() == "skipped"


@pytest.mark.parametrize(
    ("value", "base", "text"), [(3, 4, "× 0.75"), (5, 2, "× 2.5"), (2469, 20, "× 123")]
)
def test_ratios_are_short(value, base, text):
    assert ratio(value, base) == text


def test_the_tables_show_each_size_and_how_it_grew():
    floor = Sample([1.0] * 30, [1.0] * 30, [1.0] * 30)
    browse = Sample([4.0] * 30, [5.0] * 30, [5.5, 6.5] * 15, [90], ["a", "b"] * 15)
    larger = Sample([8.0] * 30, [10.0, 12.0] * 15, [11.0] * 30, [150], list(map(str, range(30))))
    plain = Sample([500.0] * 30, [500.0] * 30, [510.0] * 30)
    found = {
        (10, "floor"): floor,
        (1000, "floor"): floor,
        (10, "browse"): browse,
        (1000, "browse"): larger,
        (10, "plain"): Sample([9.0], [9.0], [9.0], [], ["a"]),
        (1000, "plain"): plain,
    }
    lines = table(found, [10, 1000], ["floor", "browse", "plain"], "floor").splitlines()
    assert lines[0] == "| page | 10 sites | 1,000 sites | 1,000 : 10 | to the floor |"
    assert lines[3] == (
        "| browse | 4.0 · 5.0 · 6.0 · 6.5 · 90.0 · 2/30"
        " | 8.0 · 11.0 · 11.0 · 11.0 · 150 · 30/30 | × 2.2 | × 11.0 |"
    )
    # A single request says nothing.
    assert lines[4] == "| plain | too few: 1 | 500 · 500 · 510 · 510 · – · 0/30 | – | × 500 |"
    assert versus(found, [10, 1000], "browse", ["plain"]).splitlines()[2] == "| plain | – | × 45 |"
    walked = {(10, "one"): Walked([1, 2, 3, 4], 2.5, 2, [(3 * 2**20, 2**20)])}
    assert walk_table(walked, [10, 1000]).splitlines()[2:] == [
        "| one | 2.0 · 4.0 · 2.5 · 2/s | – |",
        "| one: memory of each worker | 3.0 · 1.0 | – |",
    ]


# --- measuring ---------------------------------------------------------------------------------


def test_what_a_write_does_to_readers_is_a_row_a_figure():
    found = {10: {"a save": "1.0 · 2.0"}, 1000: {"a save": "3.0 · 4.0", "start": "200"}}
    assert readings(found).splitlines() == [
        "|  | 10 sites | 1,000 sites |",
        "| --- | --- | --- |",
        "| a save | 1.0 · 2.0 | 3.0 · 4.0 |",
        "| start | – | 200 |",
    ]


@pytest.mark.django_db(transaction=True, reset_sequences=True)  # sites are drawn by their numbers
@pytest.mark.parametrize(
    ("mode", "count", "told"), [("one-by-one", 3, 3), ("in-bulk", 1000, 1), ("one-a-second", 0, 1)]
)
def test_an_editor_saves_sites_meanwhile(mode, count, told):
    """The process writes to the database of the test, as to one of the benchmark."""
    for number in range(4):
        build.make_site(f"Site {number}")
    henan = build.make_place("Henan")
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"]
    if connection.vendor == "postgresql":
        url = f"{url.rpartition('/')[0]}/{name}"
    environment = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    before = IndexChange.objects.count()
    writer = writing.start(SimpleNamespace(environment=environment), mode, str(count))
    writing.begin(writer)
    if mode in ("one-a-second", "in-bulk"):
        time.sleep(0.5)
    assert len(writing.finish(writer)) == told
    assert IndexChange.objects.count() > before
    if mode == "in-bulk":
        assert Site.objects.filter(place=henan).count() == 4
    else:
        assert Site.objects.exclude(summary={}).exists()
    assert_as_rebuilt(store.current())


def test_the_bench_serves_as_the_unit_does(monkeypatch):
    monkeypatch.setattr(serving, "Server", lambda command, environment, ready: command)
    measured = options(" ".join(serving.granian({}, workers=2)))
    unit = (Path(serving.ROOT) / "deploy/heritage@.service").read_text().replace("\\\n", " ")
    (said,) = re.findall(r"granian (--interface .*) heritage\.wsgi", unit)
    of_files = {"--uds", "--uds-permissions", "--log-level"}
    assert {k: v for k, v in measured.items() if k not in of_files} == {
        k: v for k, v in options(said).items() if k not in of_files
    }


def options(command: str) -> dict[str, str]:
    """What a command is told, by the name of the option."""
    return dict(re.findall(r"(--[\w-]+)(?: +([^-\s]\S*))?", command))


@pytest.mark.parametrize("keeps", [True, False])
def test_a_connection_is_asked_again_where_it_is_kept(keeps, tmp_path):
    with socket.socket(socket.AF_UNIX) as listening, ThreadPoolExecutor() as pool:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()

        def answer() -> int:
            connections = 0
            while connections < (1 if keeps else 2):
                connections += 1
                with listening.accept()[0] as connection:
                    for _time in range(2 if keeps else 1):
                        assert b"GET /page HTTP/1.1" in connection.recv(1 << 16)
                        head = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n"
                        head += b"" if keeps else b"connection: close\r\n"
                        connection.sendall(head + b"\r\npa")
                        connection.sendall(b"ge")
            return connections

        ends = pool.submit(answer)
        with closing(serving.Client(str(tmp_path / "socket"))) as client:
            for _time in range(2):
                status, milliseconds, body = client.get("/page")
                assert (status, body) == (200, b"page") and milliseconds > 0
        assert ends.result(10) == (1 if keeps else 2)


def test_options_of_the_measuring():
    options = measure.parse(["--sizes", "100000,1250", "--data", "somewhere"])
    assert options.sizes == [1_250, 100_000]
    assert options.databases == ["sqlite", "postgresql"] and options.data == Path("somewhere")
    with pytest.raises(SystemExit):
        measure.parse(["--data", "x", "--databases", "oracle"])
    assert "django" in measure.machine()


def test_a_measuring_that_was_interrupted_goes_on(tmp_path):
    """Each step is done once, unless something else is asked or all of it anew."""

    def run(*arguments):
        options = measure.parse(["--data", str(tmp_path), *arguments])
        kept = measure.Kept(tmp_path / "measured.json", options)
        target = measure.Target(SimpleNamespace(size=10))
        kept.restore(target)
        did = []

        def step():
            did.append(1)
            target.samples.setdefault("browse", Sample()).varied.append(2.0)
            target.written["a save"] = "1.0"
            return "done"

        kept.step("one", [target], step)
        return len(did), target.samples["browse"].varied, target.written

    assert run() == (1, [2.0], {"a save": "1.0"})
    assert run() == (0, [2.0], {"a save": "1.0"})
    assert run("--anew") == (1, [2.0], {"a save": "1.0"})
    assert run("--steps", "9") == (1, [2.0], {"a save": "1.0"})


def test_a_process_is_weighed_by_what_the_machine_says():
    before = serving.cpu_ms([os.getpid()])
    while serving.cpu_ms([os.getpid()]) < before + 30:
        list(islice(iter(int, 1), 10_000))
    assert serving.resident(os.getpid()) > serving.unshared(os.getpid()) > 2**20
    assert serving.cpu_ms([2**22 + 1]) == 0


@pytest.mark.django_db
def test_the_flat_table_of_the_peer_holds_every_site(tmp_path):
    temple = build.make_kind(slug="temple")
    site = build.make_site("Temple", "寺", kinds=[temple])
    build.make_coverage(site, build.make_designation("world_heritage"))
    build.make_site("Draft", state="draft")
    peers.export(tmp_path / "flat.db")
    with closing(sqlite3.connect(tmp_path / "flat.db")) as file:
        rows = file.execute("SELECT name, name_zh, kind, unesco FROM sites").fetchall()
    assert rows == [("Temple", "寺", "temple", "inscribed")]
    assert {"kind", "era", "unesco", "place", "protection"} == set(peers.FACETS)


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_admin_are_measured():
    webrows.full_site(webrows.vocabulary())
    costs = {name: admin.measured(page, 1) for name, page in admin.pages().items()}
    assert costs["save: one text"].queries > costs["save: unchanged"].queries > 0
    assert all(cost.kilobytes > 5 for name, cost in costs.items() if "save" not in name)
