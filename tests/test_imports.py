"""Imports: columns, plans, questions, applying in batches, undo and reports."""

import csv
import io
import json
import os
import random
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from heritage.exchange import importing
from heritage.exchange.importing.applying import _Batch, _next_size
from heritage.exchange.importing.deciding import Decider
from heritage.models import (
    ChangeSet,
    ComponentPoint,
    Event,
    IdentifierScheme,
    Import,
    ImportRow,
    PartOf,
    Place,
    Site,
)
from heritage.models.unit_of_work import indexed_rows_are_to_be_written
from heritage.services import jobs, verification
from heritage.services.rebuild import rebuild_full_text
from heritage.values import normalize
from heritage.values.coordinates import distance_km
from heritage.values.finding import Finding
from tests import builders as build

pytestmark = pytest.mark.django_db

Outcome = ImportRow.Outcome


def write_csv(path, rows, columns=None):
    columns = columns or list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def table(tmp_path):
    def make(*rows, **options):
        path = write_csv(tmp_path / "sites.csv", rows)
        options.setdefault("datum", "wgs84")
        of_import = importing.add(path, path.name, None, **options)
        importing.plan(of_import, None, here=True)
        return of_import

    return make


def outcomes(of_import):
    return [(row.line, row.outcome) for row in of_import.rows.order_by("pk")]


def applied(of_import):
    job = importing.apply(of_import, None, here=True)
    assert job.state == "done", job.says
    return job


def test_a_new_site_is_created_with_all_its_rows(table):
    place = build.make_place(
        "Luoyang", "洛阳", parent=build.make_place("Henan", "河南", level="province")
    )
    build.make_kind("Temple", "寺庙")
    build.make_era("Tang", "唐", slug="tang")
    register = build.make_register(slug="county")
    of_import = table(
        {
            "name:en": "White Horse Temple", "name:zh-hans": "白马寺", "kinds": "寺庙",
            "place": "河南/洛阳", "latitude": "34°43'25\"N", "longitude": "112.6",
            "event:built": "68; 唐", "other_names:zh-hant": "白馬寺", "county.reference": "7",
            "county.listed": "1961", "summary:en": "'=Old", "area_ha": "3.5",
        }
    )  # fmt: skip
    assert outcomes(of_import) == [(2, Outcome.CREATE)], of_import.rows.get().problems
    applied(of_import)
    site = Site.objects.get()
    assert site.state == "draft" and site.name["zh-hans"] == "白马寺"
    assert (round(site.latitude, 3), site.longitude) == (34.724, 112.6)
    assert site.place == place and site.kinds.get().label["en"] == "Temple"
    assert [event.when() for event in site.events.all()] == ["68 CE", "Tang"]
    assert site.names.get().text == "白馬寺" and site.summary["en"] == "=Old"
    entry = site.coverages.get().designation
    assert (entry.register, entry.reference, entry.listed_year) == (register, "7", 1961)


def test_a_second_run_changes_nothing(table):
    place = build.make_place("Luoyang", "洛阳")
    rows = [
        {"name:en": "White Horse Temple", "place": place.slug, "event:built": "68"},
        {"name:en": "Somewhere", "place": "", "event:built": ""},  # neither place nor point
    ]
    applied(table(*rows))
    assert Site.objects.count() == 2
    again = table(*rows)
    assert outcomes(again) == [(2, Outcome.UNCHANGED), (3, Outcome.UNCHANGED)]


def test_a_table_with_two_kinds_of_events_is_compared_with_what_is_stored(table):
    place = build.make_place("Luoyang", "洛阳")
    row = {"name:en": "White Horse Temple", "place": place.slug}
    row |= {"event:built": "68", "event:repaired": "1556"}
    applied(table(row))
    assert outcomes(table(row)) == [(2, Outcome.UNCHANGED)]


def test_a_decimal_number_is_told_without_zeros_at_its_end(table):
    site = build.make_site("Old Temple", "旧寺", area_ha="1200.6000")
    row = table({"uid": site.uid, "area_ha": "1200.70"}).rows.get()
    assert row.differences == [["area_ha", "1200.6", "1200.7"]]


def test_a_partial_table_updates_by_key_and_leaves_what_is_empty(table):
    kind = build.make_kind("Temple", "寺庙")
    site = build.make_site("Old Temple", "旧寺", kinds=[kind], area_ha=3, summary=build.text("Old"))
    build.make_name(site, "Aged Temple")
    of_import = table(
        {"uid": site.uid, "area_ha": "3.0000", "summary:en": "New", "name:zh-hans": "",
         "other_names:en": "[clear]", "kinds": "Temple"},
    )  # fmt: skip
    row = of_import.rows.get()
    assert row.outcome == Outcome.UPDATE and row.site == site.pk
    assert row.differences == [["summary:en", "Old", "New"], ["other_names:en", "Aged Temple", ""]]
    applied(of_import)
    site.refresh_from_db()
    assert (site.summary["en"], site.name["zh-hans"], site.area_ha) == ("New", "旧寺", 3)
    assert not site.names.exists() and site.kinds.get() == kind


@pytest.mark.parametrize(
    ("cells", "header", "said"),
    [
        ({"area_ha": "large"}, "area_ha", "number"),
        ({"area_ha": "0"}, "area_ha", "more than 0"),
        ({"latitude": "34"}, "latitude", "needs latitude and longitude"),
        ({"latitude": "134", "longitude": "200"}, "latitude", "between"),
        ({"kinds": "Spaceport"}, "kinds", "Spaceport"),
        ({"event:built": "in the days of yore"}, "event:built", "yore"),
        ({"precision": "splendid"}, "precision", "splendid"),
        ({"slug": "no slug!"}, "slug", "slug"),
        ({"whl.category": "Fancy"}, "whl.category", "cultural"),
        ({"whl.danger": "often"}, "whl.danger", "1984/1992"),
        ({"identifier:wikidata": "12"}, "identifier:wikidata", "no Wikidata identifier"),
    ],
)  # fmt: skip
def test_each_fault_is_told_by_line_column_and_remedy(table, cells, header, said):
    register = build.make_register("world_heritage", slug="whl")
    build.make_term(register, "cultural")
    scheme = {"label": build.text("Wikidata"), "pattern": "Q[1-9][0-9]*"}
    IdentifierScheme.objects.create(slug="wikidata", **scheme)
    of_import = table({"name:en": "A", "whl.reference": "1"} | cells, {"name:en": "B"})
    faulty, right = of_import.rows.order_by("pk")
    assert (faulty.line, faulty.outcome) == (2, Outcome.ERROR)
    [[where, text]] = faulty.problems
    assert where == header and said in text
    assert right.outcome == Outcome.CREATE and not right.problems


# What may be wrong in a cell, by its column: a text, what is said of it.
FAULTS = {
    "area_ha": [("much", "number"), ("-3", "more than 0"), ("1e99", "digits")],
    "kinds": [("Palace of nothing", "Nothing is called"), ("Temple; ?x", "Nothing is called")],
    "latitude": [("91", "Latitude"), ("north", "north")],
    "event:built": [("yesterday", "yesterday"), ("1500..1400", "1500..1400")],
    "precision": [("nearly", "nearly")],
    "sources": [("A book nobody has", "Nothing is called")],
    "state": [("hidden", "hidden")],
    "part_of": [("No such place", "No site is called")],
    "point_source": [("#REF!", "")],
    "blur_km": [("-1", ""), ("2.5", "")],
}


@pytest.mark.parametrize("seed", range(6))
def test_faults_planted_at_random_are_all_told_by_line_and_column(table, seed):
    dice = random.Random(seed)
    build.make_kind("Temple", "寺庙")
    source = build.make_source("The register")
    rows = [
        {
            "name:en": f"Hall {number}", "area_ha": "3.5", "kinds": "寺庙", "latitude": "34.5",
            "longitude": "112.5", "event:built": "1368", "precision": "approximate",
            "sources": source.uid, "state": "draft", "part_of": "", "point_source": source.uid,
            "blur_km": "",
        }
        for number in range(60)
    ]  # fmt: skip
    planted = {}  # what is said, by line and column
    for number in dice.sample(range(60), 25):
        for header in dice.sample(sorted(FAULTS), dice.randint(1, 3)):
            rows[number][header], planted[number + 2, header] = dice.choice(FAULTS[header])
    of_import = table(*rows)
    told = {
        (row.line, header): text
        for row in of_import.rows.order_by("pk")
        for header, text in row.problems
    }
    assert told.keys() == planted.keys()
    assert [key for key, said in planted.items() if said not in told[key]] == []
    faulty = {line for line, _header in planted}
    for line, outcome in outcomes(of_import):
        assert outcome == ("error" if line in faulty else "create")
    applied(of_import)
    assert Site.objects.count() == 60 - len(faulty)
    failed = list(csv.DictReader(io.StringIO("".join(importing.failed_rows(of_import))[1:])))
    assert [row["name:en"] for row in failed] == [
        rows[line - 2]["name:en"] for line in sorted(faulty)
    ]


@pytest.mark.parametrize("key", ["uid", "slug", "county.reference"])
def test_two_lines_with_one_key_are_an_error(table, key):
    build.make_register(slug="county")
    of_import = table({"name:en": "A", key: "x1"}, {"name:en": "B", key: "x1"})
    assert outcomes(of_import) == [(2, Outcome.CREATE), (3, Outcome.ERROR)]
    assert "line 2" in of_import.rows.last().problems[0][1]


def test_two_lines_of_one_stored_site_are_an_error(table):
    site = build.make_site("A")
    of_import = table(
        {"slug": site.slug, "area_ha": "1"},
        {"uid": site.uid, "area_ha": "2"},
    )
    assert outcomes(of_import)[1] == (3, Outcome.ERROR)


def test_coordinates_of_chinese_maps_are_put_right(table):
    applied(table({"name:en": "A", "latitude": "34.6", "longitude": "112.4"}, datum="gcj02"))
    site = Site.objects.get()
    assert distance_km((34.6, 112.4), (site.latitude, site.longitude)) > 0.2


def test_a_blurred_point_never_replaces_the_exact_one(table):
    site = build.make_site("Tomb", latitude=34.61234, longitude=112.41234, blur_km=5)
    of_import = table(
        {"uid": site.uid, "latitude": site.public_latitude, "longitude": site.public_longitude}
    )
    assert outcomes(of_import) == [(2, Outcome.UNCHANGED)]


# --- the same site? --------------------------------------------------------------------------


def map_of_china():
    henan = build.make_place("Henan", "河南省", level="province")
    shanxi = build.make_place("Shanxi", "山西省", level="province")
    luoyang = build.make_place("Luoyang", "洛阳市", parent=henan)
    build.make_place("Luolong", "洛龙区", parent=luoyang, level="county")
    xinzhou = build.make_place("Xinzhou", "忻州市", parent=shanxi)
    build.make_place("Wutai", "五台县", parent=xinzhou, level="county")
    return luoyang, xinzhou


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"name:zh-hans": "开元寺", "place": "河南省/洛阳市"}, Outcome.UNCHANGED),
        ({"name:zh-hans": "开元寺", "place": "河南省/洛阳市/洛龙区"}, Outcome.UPDATE),
        ({"name:zh-hans": "開元寺", "place": "洛阳"}, Outcome.UPDATE),
        ({"name:zh-hans": "开元寺", "place": "山西省/忻州市"}, Outcome.CREATE),
        ({"name:zh-hans": "开元寺", "place": "河南省"}, Outcome.QUESTION),
        ({"name:zh-hans": "开元寺"}, Outcome.UNCHANGED),  # which says no more than is stored
        ({"name:zh-hans": "开元寺", "area_ha": "3"}, Outcome.QUESTION),
        ({"name:zh-hans": "开元寺", "latitude": "34.601", "longitude": "112.4"}, Outcome.UPDATE),
        ({"name:zh-hans": "开元寺", "latitude": "24", "longitude": "118"}, Outcome.CREATE),
        # Another name of a mountain with many temples.
        ({"name:zh-hans": "佛光寺", "place": "山西省/忻州市/五台县"}, Outcome.QUESTION),
        ({"name:zh-hans": "佛光寺", "place": "河南省/洛阳市"}, Outcome.CREATE),
        # The property has parts: a site of its name may be one of them.
        ({"name:zh-hans": "五台山", "place": "山西省/忻州市/五台县"}, Outcome.QUESTION),
    ],
)
def test_a_site_is_the_same_by_name_and_place_only(table, row, expected):
    luoyang, xinzhou = map_of_china()
    build.make_site("Kaiyuan Temple", "开元寺", place=luoyang, latitude=34.6, longitude=112.4)
    wutai = build.make_site("Mount Wutai", "五台山", place=xinzhou)
    build.make_name(wutai, "佛光寺", language="zh-hans")
    entry = build.make_designation("world_heritage", "1279")
    build.make_coverage(wutai, entry)
    for number in (1, 2):
        ComponentPoint.objects.create(
            designation=entry, number=number, latitude=39, longitude=113 + number
        )
    of_import = table(row)
    assert outcomes(of_import) == [(2, expected)], of_import.rows.get().differences


@pytest.mark.parametrize(
    ("answer", "outcome", "count"),
    [("same", Outcome.UPDATE, 1), ("part", Outcome.CREATE, 2), ("new", Outcome.CREATE, 2),
     ("skip", Outcome.LEFT, 1)],
)  # fmt: skip
def test_a_doubtful_match_is_asked_and_the_answer_followed(table, answer, outcome, count):
    site = build.make_site("Kaiyuan Temple", "开元寺")
    of_import = table({"name:zh-hans": "开元寺", "area_ha": "3"})
    question = of_import.questions.get()
    chosen = next(value for value, _label in question.options if value.startswith(answer))
    assert importing.answer(of_import, {question.pk: "nonsense"}) == 0
    assert importing.answer(of_import, {question.pk: chosen}) == 1
    importing.plan(of_import, None, here=True)
    assert outcomes(of_import) == [(2, outcome)]
    said = [["", "Left out, as was answered."]] if answer == "skip" else []
    assert of_import.rows.get().problems == said
    applied(of_import)
    assert Site.objects.count() == count
    assert PartOf.objects.filter(whole=site).exists() == (answer == "part")


def test_a_row_without_a_record_says_why_it_makes_no_site(tmp_path):
    path = write_csv(tmp_path / "sites.csv", [{"name:en": "A"}])
    of_import = importing.add(path, path.name, None, creates=False)
    importing.plan(of_import, None, here=True)
    assert outcomes(of_import) == [(2, Outcome.LEFT)]
    assert "new sites are not to be made" in "".join(importing.failed_rows(of_import))


def test_unknown_counties_of_one_province_are_one_question_and_no_new_place(table):
    map_of_china()
    before = Place.objects.count()
    of_import = table(
        {"name:zh-hans": "甲", "place": "河南省/郑州市/巩义市"},
        {"name:zh-hans": "乙", "place": "河南省/安阳市"},
        {"name:zh-hans": "丙", "place": "河南省/洛阳市"},
    )
    question = of_import.questions.get()
    assert question.rows == 2 and "郑州市" in question.text and "安阳市" in question.text
    importing.answer(of_import, {question.pk: "within"})
    importing.plan(of_import, None, here=True)
    applied(of_import)
    assert Place.objects.count() == before
    places = [site.place.label["en"] for site in Site.objects.order_by("pk")]
    assert places == ["Henan", "Henan", "Luoyang"]


def test_a_name_of_several_terms_is_a_question_for_all_its_rows(table):
    one, other = build.make_kind("Tower"), build.make_kind("Tower")
    of_import = table({"name:en": "A", "kinds": "Tower"}, {"name:en": "B", "kinds": "Tower"})
    question = of_import.questions.get()
    assert question.rows == 2
    importing.answer(of_import, {question.pk: f"id:{other.pk}"})
    importing.plan(of_import, None, here=True)
    applied(of_import)
    assert {site.kinds.get() for site in Site.objects.all()} == {other} != {one}


def test_questions_are_read_in_the_language_of_the_reader(table):
    map_of_china()
    build.make_site("Kaiyuan Temple", "开元寺")
    build.make_kind("Tower", "塔"), build.make_kind("Tower", "楼")
    build.make_era("Jin", "晋", span="0266/0420"), build.make_era("Jin", "金", span="1115/1234")
    with translation.override("zh-hans"):
        of_import = table(
            {"name:zh-hans": "开元寺", "area_ha": "3"},
            {"name:zh-hans": "甲", "place": "河南省/郑州市"},
            {"name:zh-hans": "乙", "kinds": "Tower"},
            {"name:zh-hans": "丙", "event:built": "Jin Dynasty"},
        )
    asked = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            questions = of_import.questions.order_by("pk")
            asked[language] = [(each.text, *dict(each.choices).values()) for each in questions]
    assert [text for text, *_answers in asked["en"]] == [
        "Line 2, 开元寺: which site is it?",
        "The catalogue does not have these places of Henan: 郑州市",
        "Several are called “Tower”: choose one.",
        "“jin dynasty” may be one of these eras: Jin (266–420), Jin (1115–1234). Choose one.",
    ]
    assert all(re.search("[\u4e00-\u9fff]", text) for text, *_answers in asked["zh-hans"])
    assert "It is Kaiyuan Temple (开元寺)" in asked["en"][0]
    assert "Leave the row out" in asked["en"][3] and len(asked["en"][3]) == 5
    english = {text for question in asked["en"] for text in question[-2:]}
    assert not english & {text for question in asked["zh-hans"] for text in question}


# --- applying --------------------------------------------------------------------------------


def test_what_was_edited_since_the_plan_is_left_and_told(table):
    site, other = build.make_site("A", area_ha=1), build.make_site("B", area_ha=1)
    of_import = table({"uid": site.uid, "area_ha": "2"}, {"uid": other.uid, "area_ha": "2"})
    site.area_ha = 7
    site.save()
    applied(of_import)
    assert [outcome for _line, outcome in outcomes(of_import)] == [Outcome.LEFT, Outcome.UPDATE]
    assert [each.area_ha for each in Site.objects.order_by("pk")] == [7, 2]


@pytest.fixture
def decided(monkeypatch):
    """How many rows were decided to be applied, each time; after the first an editor writes."""
    calls, decide = [], Decider.decide

    def counted(self, rows, applying=False):
        found = decide(self, rows, applying)
        if applying and not calls:
            counted.meanwhile()
        calls.extend([len(rows)] if applying else [])
        return found

    monkeypatch.setattr(Decider, "decide", counted)
    return counted, calls


@pytest.mark.parametrize("is_of_batch", [True, False])
def test_what_an_editor_writes_while_a_batch_is_decided(table, decided, is_of_batch):
    counted, calls = decided
    site, other = build.make_site("A", area_ha=1), build.make_site("B", area_ha=1)
    of_import = table({"uid": site.uid, "area_ha": "2"})
    edited = site if is_of_batch else other

    def meanwhile():
        edited.area_ha = 7
        edited.save()

    counted.meanwhile = meanwhile
    applied(of_import)
    # Under the lock once more, but not for what has no part in it: an editor saves each second.
    assert calls == ([1, 1] if is_of_batch else [1])
    assert [each.area_ha for each in Site.objects.order_by("pk")] == (
        [7, 1] if is_of_batch else [2, 7]
    )


def test_the_address_that_somebody_takes_while_a_batch_is_decided_is_numbered(table, decided):
    counted, _calls = decided
    of_import = table({"name:en": "White Horse Temple", "area_ha": "2"})
    counted.meanwhile = lambda: build.make_site("Other", slug="white-horse-temple")
    applied(of_import)
    assert {*Site.objects.values_list("slug", flat=True)} == {
        "white-horse-temple",
        "white-horse-temple-2",
    }


def test_words_are_computed_before_the_lock_is_taken(table, monkeypatch):
    """Names, kinds, places, eras, identifiers and entries: all that the words follow from."""
    build.make_place("Luoyang", "洛阳")
    build.make_kind("Temple", slug="temple")
    IdentifierScheme.objects.create(slug="wikidata", label={"en": "Wikidata"})
    register = build.make_register(slug="cn-national")
    of_import = table(
        *(
            {
                **{"name:en": f"White Horse {n}", "name:zh-hans": f"白马{n}", "kinds": "temple"},
                **{"place": "Luoyang", "also_in": "Luoyang", "event:built": "68"},
                **{"other_names:zh-hans": "释源; 祖庭", "identifier:wikidata": f"Q{n}"},
                **{"summary:en": "A temple.", f"{register.slug}.reference": f"1-{n}"},
                f"{register.slug}.name:zh-hans": f"白马寺{n}",
            }
            for n in range(3)
        )
    )
    locked, held = [], []
    index_words = normalize.index_words
    monkeypatch.setattr(
        normalize, "index_words", lambda text: held.append(bool(locked)) or index_words(text)
    )
    note = lambda sender, **kwargs: locked.append(sender)  # noqa: E731
    indexed_rows_are_to_be_written.connect(note)
    try:
        applied(of_import)
    finally:
        indexed_rows_are_to_be_written.disconnect(note)
    assert Site.objects.count() == 3 and held == [False] * 3


@pytest.mark.parametrize("with_entries", [True, False])
def test_what_follows_from_new_sites_is_as_if_they_were_read_again(table, with_entries):
    """Columns are derived and statements counted before any row is stored."""
    rebuild_full_text([])  # without the words that tests which commit leave behind
    china = build.make_place("China", "中国", level="country", code="CN")
    build.make_place("Luoyang", "洛阳", parent=china)
    build.make_kind("Tomb", slug="tomb", blur_km=5)
    dynasty = {"region_name": {"en": "China"}}
    for zh, span in (("唐", "0618/0907"), ("宋", "0960/1279"), ("明", "1368/1644")):
        build.make_era(zh, zh, span=span, **dynasty)
    IdentifierScheme.objects.create(slug="wikidata", label={"en": "Wikidata"})
    for kind in ("official", "recalled"):
        build.make_source(uid=kind, kind=kind)
    build.make_register(role="world_heritage", slug="whl")
    stored = build.make_site("Old")
    rows = [{"uid": stored.uid, "summary:en": "A text."}, {"name:en": "Alone"}]
    for n, cited in enumerate(("", "official", "recalled", "official; recalled")):
        row = {"name:en": f"Tomb {n}", "name:zh-hans": f"龍門{n}墓", "kinds": "tomb"}
        row |= {"place": "Luoyang", "latitude": "34.7123", "longitude": "112.6", "area_ha": "2"}
        row |= {"event:built": "493; 唐至明", "summary:en": "A tomb.", "sources": cited}
        row |= {"other_names:zh-hant": "龍門", "other_names:en": "Grave", "short_name:en": f"T{n}"}
        row |= {"point_source": cited.partition(";")[0], "identifier:wikidata": f"Q{n}"}
        if with_entries and n % 2:
            row |= {"whl.reference": f"{n}", "whl.listed": "1987", "whl.danger": "1996"}
        rows.append(row)
    of_import = table(*rows)
    applied(of_import)
    assert Site.objects.count() == 6, [row.problems for row in of_import.rows.all()]
    new = Site.objects.exclude(pk=stored.pk).filter(kinds__slug="tomb").order_by("pk")
    assert [site.rule_blur_km for site in new] == ([5, 0, 5, 0] if with_entries else [5] * 4)
    checks = (verification.derived_columns(), verification.full_text(), verification.history())
    assert not [each for check in checks for each in check if isinstance(each, Finding)]


def test_two_plans_of_one_file_do_not_mix(table):
    row = {"name:en": "White Horse Temple", "area_ha": "2"}
    first, second = table(row), table(row)
    applied(first)
    applied(second)
    assert Site.objects.count() == 1
    assert outcomes(second) == [(2, Outcome.LEFT)]


@pytest.mark.parametrize(
    ("size", "held", "following"),
    [(300, 2, 150), (120, 2, 100), (200, 0.75, 160), (200, 0.1, 250), (450, 0.1, 500)],
)
def test_a_batch_is_as_large_as_the_lock_before_allows(size, held, following):
    assert _next_size(size, held) == following


def test_batches_become_smaller_where_they_hold_the_lock_for_long(table, monkeypatch):
    monkeypatch.setattr("heritage.exchange.importing.applying.AT_ONCE", 200)
    monkeypatch.setattr("heritage.exchange.importing.applying.BATCH", 200)
    of_import = table(*({"name:en": f"Site {n}", "area_ha": "2"} for n in range(399)))
    written, write = [], _Batch.write

    def slowly(batch):
        write(batch)
        written.append(batch.size)
        batch.locked_at = time.monotonic() - 2

    monkeypatch.setattr(_Batch, "write", slowly)
    applied(of_import)
    assert written == [200, 100, 100] and Site.objects.count() == 399


def test_each_batch_reads_the_plan_behind_the_one_before(table, monkeypatch):
    """The rows before it are not looked at again: of 100,000 that took 22 seconds."""
    monkeypatch.setattr("heritage.exchange.importing.applying.AT_ONCE", 2)
    monkeypatch.setattr("heritage.exchange.importing.applying.BATCH", 2)
    of_import = table(*({"name:en": f"Site {n}", "area_ha": "2"} for n in range(5)))
    first = of_import.rows.order_by("pk")[0].pk
    with CaptureQueriesContext(connection) as queries:
        applied(of_import)
    read = [each["sql"] for each in queries if '"heritage_importrow"."cells"' in each["sql"]]
    behind = [int(found[1]) for sql in read if (found := re.search(r'"id" > (\d+)', sql))]
    assert behind == [0, first + 1, first + 3] and len(read) == 3


def test_each_batch_reads_the_sites_since_the_one_before(table, decided, monkeypatch):
    """Of others it knows all since the plan, of its own it reads none twice."""
    monkeypatch.setattr("heritage.exchange.importing.applying.AT_ONCE", 2)
    monkeypatch.setattr("heritage.exchange.importing.applying.BATCH", 2)
    build.make_site("Older")
    of_import = table(*({"name:en": f"Site {n}", "area_ha": "2"} for n in range(7)))
    counted, _calls = decided
    counted.meanwhile = lambda: build.make_site("Site 4")
    since, names_since = [], Decider._names_since
    monkeypatch.setattr(
        Decider, "_names_since", lambda self: since.append(self._last_site) or names_since(self)
    )
    applied(of_import)
    assert [line for line, outcome in outcomes(of_import) if outcome == Outcome.LEFT] == [6]
    assert len(since) == 5 and len(set(since)) == 4 and since == sorted(since), since


def test_a_place_that_gets_a_name_between_two_batches(table, monkeypatch):
    """Terms are read once a run: those of the first batch are not those of the others then."""
    monkeypatch.setattr("heritage.exchange.importing.applying.AT_ONCE", 2)
    monkeypatch.setattr("heritage.exchange.importing.applying.BATCH", 2)
    place, begun, decide = build.make_place("Luoyang", "洛阳"), [], _Batch.__init__

    def after_the_first(batch, *given):
        if len(begun) == 1:
            place.other_names = ["Loyang"]
            place.save()
        begun.append(batch)
        decide(batch, *given)

    monkeypatch.setattr(_Batch, "__init__", after_the_first)
    rows = [{"name:en": f"Site {n}", "place": "Luoyang"} for n in range(7)]
    applied(table(*rows))
    texts = Site.objects.values_list("search_text", flat=True)
    assert len(texts) == 7 and all("loyang" in text for text in texts)


def test_an_import_is_one_change_set_that_is_undone_as_a_whole(table, monkeypatch):
    monkeypatch.setattr("heritage.exchange.importing.applying.AT_ONCE", 2)
    monkeypatch.setattr("heritage.exchange.importing.applying.BATCH", 2)
    build.make_place("Luoyang", "洛阳")
    stored = build.make_site("Old", area_ha=1)
    rows = [{"name:en": f"Site {n}", "place": "Luoyang", "event:built": "68"} for n in range(5)]
    job = applied(table({"uid": stored.uid, "area_ha": "2"}, *rows))
    assert Site.objects.count() == 6 and ChangeSet.objects.filter(kind="import").count() == 1
    job.undo()
    job = jobs.continue_here(job)
    assert job.state == "undone"
    assert Site.objects.get().area_ha == 1 and not Event.objects.exists()


# --- by command ------------------------------------------------------------------------------


def run(*arguments):
    out = io.StringIO()
    call_command("import_sites", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_dry_run_writes_a_report_and_no_record(tmp_path):
    site = build.make_site("Old & <new>", area_ha=1)
    path = write_csv(
        tmp_path / "sites.csv", [{"uid": site.uid, "area_ha": "2"}, {"uid": "", "area_ha": "much"}]
    )
    report = tmp_path / "report.html"
    said = run(path, "--dry-run", "--report", report)
    assert "changed: 1" in said and "error: 1" in said
    page = report.read_text("utf-8")
    assert "Old &amp; &lt;new&gt;" in page and "<del>1</del>" in page
    assert Site.objects.get().area_ha == 1


def test_failed_rows_can_be_corrected_and_read_again(tmp_path):
    rows = [{"name:en": "A", "area_ha": "1"}, {"name:en": "=B", "area_ha": "much"}]
    path = write_csv(tmp_path / "sites.csv", rows)
    failed = tmp_path / "failed.csv"
    run(path, "--failed", failed)
    text = failed.read_text("utf-8-sig")
    assert "much" in text and "area_ha" in text.splitlines()[1]
    failed.write_text(text.replace("much", "2"), "utf-8")
    assert "new: 1" in run(failed)
    assert sorted(site.name["en"] for site in Site.objects.all()) == ["=B", "A"]


def test_a_command_asks_for_the_datum_and_takes_answers_from_a_file(tmp_path):
    build.make_site("A")
    path = write_csv(
        tmp_path / "sites.csv", [{"name:en": "A", "latitude": "34", "longitude": "112"}]
    )
    with pytest.raises(CommandError, match="datum"):
        run(path)
    asked = tmp_path / "questions.json"
    assert "1 questions are open" in run(path, "--datum", "wgs84", "--questions", asked)
    answers = dict.fromkeys(json.loads(asked.read_text("utf-8")), "new")
    asked.write_text(json.dumps(answers), "utf-8")
    assert "new: 1" in run(path, "--datum", "wgs84", "--answers", asked)
    assert Site.objects.count() == 2


def test_columns_are_guessed_in_both_languages_and_remembered(tmp_path, table):
    path = write_csv(tmp_path / "sites.csv", [{"名称": "白马寺", "经度": "112.6", "What": "8"}])
    of_import = importing.add(path, path.name, None)
    assert of_import.mapping == {"名称": "name:zh-hans", "经度": "longitude", "What": ""}
    run(path, "--datum", "wgs84", "--column", "经度=", "--column", "What=area_ha")
    again = importing.add(path, path.name, None)
    assert again.mapping == {"名称": "name:zh-hans", "经度": "", "What": "area_ha"}
    assert importing.remembered(again).name == path.name
    guessed = {"名称": "name:zh-hans", "经度": "longitude", "What": ""}
    assert importing.guess_by_names(again) == guessed
    said = run(path, "--dry-run", "--column", "What=")
    why = "as for “sites.csv” with the same headers; --by-names guesses anew"
    assert f"Left out ({why}): 经度" in said
    assert "Left out (as --column says): What" in said
    run(path, "--dry-run", "--by-names", "--datum", "wgs84")
    assert Import.objects.first().mapping == guessed
    path = write_csv(tmp_path / "sites.csv", [{"Name in English": "A", "Where": "洛阳"}])
    of_import = importing.add(path, path.name, None)
    assert of_import.mapping == {"Name in English": "name:en", "Where": "place"}
    assert importing.remembered(of_import) is None
    said_of_dates = {"Era": "Tang", "始建": "唐", "Founded": "68"}
    path = write_csv(tmp_path / "dates.csv", [said_of_dates])
    assert importing.add(path, path.name, None).mapping == {
        **{"Era": "event:dated", "始建": "event:built", "Founded": "event:founded"}
    }
    path = write_csv(tmp_path / "others.csv", [{"Name in English": "A", "Width": "8"}])
    assert "Left out (no column is called so, or another" in run(path, "--dry-run")


def test_a_new_row_is_told_as_new_in_chinese(table):
    of_import = table({"name:zh-hans": "白马寺"})
    with translation.override("zh-hans"):
        assert [str(label) for _key, label, _n in importing.counted(of_import)] == ["新增"]


def test_a_site_is_part_of_those_that_a_table_names(table):
    mountain = build.make_site("Mount Wutai", "五台山")
    cave, other = build.make_site("Cave"), build.make_site("Cave")
    of_import = table(
        {"name:en": "Temple", "part_of": f"五台山; {cave.slug}"},
        {"name:en": "Pagoda", "part_of": "Cave"},
        {"name:en": "Gate", "part_of": "Nowhere"},
    )
    assert [outcome for _line, outcome in outcomes(of_import)] == ["create", "error", "error"]
    told = [row.problems for row in of_import.rows.order_by("pk")[1:]]
    assert "Several sites" in told[0][0][1] and "No site is called" in told[1][0][1]
    applied(of_import)
    temple = Site.objects.get(name__en="Temple")
    assert {row.whole for row in temple.part_of.all()} == {mountain, cave}
    row = {"uid": temple.uid, "part_of": other.uid}
    applied(table(row))
    assert [row.whole for row in temple.part_of.all()] == [other]
    assert outcomes(table(row)) == [(2, Outcome.UNCHANGED)]
    circle = table({"uid": other.uid, "part_of": "Temple"})
    assert outcomes(circle) == [(2, Outcome.ERROR)]
    applied(table({"uid": temple.uid, "part_of": "[clear]"}))
    assert not PartOf.objects.exists()


def test_a_text_may_be_in_a_language_beyond_those_of_the_catalogue(table):
    applied(table({"name:en": "Cave", "name:pt": "Gruta", "summary:pt": "Uma gruta."}))
    site = Site.objects.get()
    assert site.name == {"en": "Cave", "pt": "Gruta"} and site.summary == {"pt": "Uma gruta."}


@pytest.mark.parametrize("extension", importing.EXAMPLES)
def test_an_empty_example_is_read_with_all_its_columns_and_without_a_row(tmp_path, extension):
    IdentifierScheme.objects.create(slug="wikidata", label=build.text("Wikidata"))
    path = tmp_path / f"example.{extension}"
    call_command("import_sites", path, example=True)
    with pytest.raises(CommandError, match="is there already"):
        call_command("import_sites", path, example=True)
    of_import = importing.add(path, path.name, None, datum="wgs84")
    keys = set(filter(None, of_import.mapping.values()))
    assert {"name:en", "name:zh-hans", "part_of", "kinds", "event:built"} <= keys
    assert ("latitude" in keys) == (extension != "geojson")  # whose geometry has it
    importing.plan(of_import, None, here=True)
    assert of_import.state == "planned" and not of_import.rows.exists()


def test_the_guide_names_every_column():
    build.make_register("world_heritage", slug="whl")
    guide = (Path(__file__).parent.parent / "docs" / "importing.md").read_text("utf-8")
    table = guide.partition("## Columns")[2].partition("## Official lists")[0]
    for key in importing.ImportColumns().by_key:
        name = key.partition(":")[0]
        if name.startswith("whl."):
            name = "." + name.partition(".")[2]
        assert f"`{name}`" in table or f"`{name}:" in table or f"R{name}" in table, (
            f"docs/importing.md, Columns: add a line for {key}"
        )


# --- official lists --------------------------------------------------------------------------

UNITS = ("code", "batch", "year", "name", "category", "province", "city", "district", "era")


def units(tmp_path, *rows, **options):
    path = tmp_path / "units.csv"
    lines = [",".join(UNITS), *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines), "utf-8")
    of_import = importing.add(path, path.name, None, **options)
    importing.plan(of_import, None, here=True)
    return of_import


def test_an_official_list_tells_new_changed_and_gone_and_moves_the_edition(tmp_path):
    luoyang, _xinzhou = map_of_china()
    build.make_era("Tang", "唐")
    register = build.make_register(slug="cn-national", edition="2013")
    build.make_term(register, "ancient-buildings")
    gone = build.make_designation("protection", "3-0100-3-010", ["1988"], register=register)
    site = build.make_site("White Horse Temple", "白马寺", place=luoyang)
    new = ("8-0001-3-001", "8", "2019", "新塔", "ancient-buildings", "河南省", "洛阳市", "", "唐")
    known = (
        "1-0001-3-001",
        "1",
        "1961",
        "白马寺",
        "ancient-buildings",
        "河南省",
        "洛阳市",
        "",
        "唐",
    )
    of_import = units(tmp_path, new, known)
    assert [outcome for _line, outcome in outcomes(of_import)] == ["create", "update", "gone"]
    assert of_import.rows.last().entry == gone.pk
    applied(of_import)
    register.refresh_from_db()
    assert register.edition == "2019" and Site.objects.count() == 2
    assert site.coverages.get().designation.reference == "1-0001-3-001"
    assert site.place == luoyang and gone.__class__.objects.filter(pk=gone.pk).exists()
    again = units(tmp_path, new, known)
    assert [outcome for _line, outcome in outcomes(again)] == ["unchanged", "unchanged", "gone"]
    # An older list changes nothing that is recorded.
    older = units(tmp_path, (*known[:1], "2", *known[2:]))
    assert outcomes(older)[0] == (2, "unchanged")


def test_a_plan_of_an_official_list_does_not_repeat_the_name_of_its_register(tmp_path):
    map_of_china()
    register = build.make_register(slug="cn-national", edition="2013")
    category = str(build.make_term(register, "ancient-buildings"))
    row = ("8-0001-3-001", "8", "2019", "新塔", "ancient-buildings", "河南省", "洛阳市", "", "")
    of_import = units(tmp_path, row)
    [shown] = importing.Shower(of_import).rows(of_import.rows.filter(outcome="create"))
    said = {each.label: each.after for each in shown.differences}
    assert (said["Reference"], said["Category or grade"]) == ("8-0001-3-001", category)
    assert str(register) not in "".join(said)


def test_descriptions_of_a_list_stand_beside_ours_under_a_licence_that_is_named(tmp_path):
    licence = build.make_licence("CC-BY-SA-3.0-IGO")
    register = build.make_register("world_heritage", slug="whl")
    build.make_term(register, "cultural")
    build.make_term(register, "i", facet="criterion")
    entry = build.make_designation("world_heritage", "208", ["2003"], register=register)
    own = build.text("Our own text.")
    site = build.make_site("Kiln", description=own)
    build.make_coverage(site, entry)
    row = {
        "id_no": "208", "date_inscribed": "2003", "criteria_txt": "(i)", "category": "C",
        "name_en": "Kiln", "short_description_en": "Their text.",
        "short_description_fr": "<p>Un four.</p>", "short_description_pt": "Um forno.",
    }  # fmt: skip
    path = write_csv(tmp_path / "list.csv", [row, row | {"id_no": "209", "name_en": "Cave"}])
    with pytest.raises(CommandError, match="the licences are CC-BY-SA"):
        call_command("import_sites", path, with_texts="free")
    call_command("import_sites", path, stdout=io.StringIO())
    site.refresh_from_db()
    assert site.description == own  # nobody asked
    for _twice in range(2):
        call_command(
            "import_sites", path, with_texts=licence.code, take_away=True, stdout=io.StringIO()
        )
    site.refresh_from_db()
    assert site.description == own | {"fr": "Un four.", "pt": "Um forno."}
    assert site.sources.get().licence == licence
    new = Site.objects.exclude(pk=site.pk).get()
    assert new.description["en"] == "Their text." and new.sources.count() == 2
    assert ChangeSet.objects.filter(kind="import").count() == 2


def test_what_is_left_of_imports_of_long_ago_is_deleted(table, tmp_path):
    def age(of_import, days):
        at = timezone.now() - timedelta(days=days)
        stamps = {"created_at": at, "planned_at": at, "applied_at": at}
        Import.objects.filter(pk=of_import.pk).update(**stamps)

    kept, old, unused = (table({"name:en": name}) for name in ("One", "Two", "Three"))
    for of_import in (kept, old):
        applied(of_import)
    waiting = importing.add(tmp_path / "sites.csv", "sites.csv", None)
    folder = Path(settings.IMPORTS_ROOT)
    orphan = folder / "orphan.csv"
    orphan.write_text("x", "utf-8")
    os.utime(orphan, (0, 0))
    os.utime(folder / waiting.path, (0, 0))
    for of_import, days in ((kept, 80), (old, 100), (unused, 100)):
        age(of_import, days)
    assert importing.sweep() == (2, 1)
    assert not orphan.exists() and (folder / waiting.path).exists()
    assert set(Import.objects.all()) == {kept, old, waiting}
    assert kept.rows.count() == 1 and not old.rows.exists()
    old.refresh_from_db()
    assert old.notes == ["Its rows are no longer kept."]
    assert importing.sweep() == (0, 0)
    age(waiting, 100)
    assert importing.sweep() == (0, 1)  # the file whose import is gone
    assert Site.objects.count() == 2
