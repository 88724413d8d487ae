"""How much the records say, by region."""

import pytest

from fixtures.build import fullness, unsourced
from fixtures.build.files import Index, item, key, keys
from fixtures.build.records import Happening, Record, Records


def record(number, *, kinds=("palace",), places=(), dates=(), eras=(), names=()) -> Record:
    events = [Happening("built", date, tuple(eras), "", "recalled", {}) for date in dates]
    names = [("en", name) for name in names]
    return Record(number, kinds, places, {"en": "…"}, "source", {}, events, names)


@pytest.fixture
def fixtures():
    index = Index()
    listed = [(1, "cultural", "africa"), (2, "natural", "africa"), (3, "mixed", "asia-pacific")]
    for number, category, region in listed:
        uid = f"whl-{number}"
        index.add([
            item("designation", uid, register=key("whl"), reference=str(number),
                 category=key(f"whl.category.{category}")),
            item("worldheritage", f"{uid}.detail", designation=key(uid),
                 regions=keys([f"whl.region.{region}"])),
        ])  # fmt: skip
    index.add([item("designation", "cn-national-1", register=key("cn-national"), reference="1-1")])
    return index


def test_each_column_counts_what_records_say(fixtures):
    written = Records(
        {
            1: record(1, dates=["1200"], eras=["gothic"], places=("fr-x",), names=["A", "B"]),
            2: record(2, kinds=("natural-place",), dates=["1980"]),
        },
        {}, {}, {},
    )  # fmt: skip
    found = fullness.counts(written, fixtures)
    assert list(found) == ["africa", "asia-pacific", "all"]
    assert {name: found["africa"][name] for name in fullness.COLUMNS} == {
        "properties": 2, "records": 2, "kinds": 1, "places": 1, "named": 1,
        "cultural": 1, "dated": 1, "eras": 1, "names": 2,
    }  # fmt: skip
    assert (found["asia-pacific"]["properties"], found["asia-pacific"]["records"]) == (1, 0)
    assert found["all"]["properties"] == 3


def test_a_mixed_property_without_a_date_is_cultural_and_not_dated(fixtures):
    found = fullness.counts(Records({3: record(3)}, {}, {}, {}), fixtures)["asia-pacific"]
    assert (found["cultural"], found["dated"], found["eras"]) == (1, 0, 0)


def test_the_table_has_a_line_for_each_region_and_one_for_all(fixtures):
    lines = fullness.table(Records({1: record(1)}, {}, {}, {}), fixtures).splitlines()
    assert [line.split()[0] for line in lines] == ["properties", "africa", "asia-pacific", "all"]
    assert lines[1].split()[1:] == ["2", "1", "1", "0", "0", "1", "0", "0", "0"]


def test_each_statement_without_a_source_is_listed_once():
    index = Index()
    index.add([item("source", "list", kind="official"), item("source", "heard", kind="recalled")])
    index.add([
        item("site", "a", sources=keys(["list", "heard"]), point_source=key("heard")),
        item("site", "b", sources=keys(["list"]), point_source=key("list")),
        item("event", "e1", source=key("heard")), item("event", "e2", source=key("list")),
        item("visitingfact", "v", source=key("list"), second_source=key("heard")),
        item("era", "r1", source=key("list"), description_source=key("heard")),
        item("era", "r2", source=key("list"), territory_source=key("heard")),
        item("place", "p", centre_source=key("heard")),
    ])  # fmt: skip
    for uid, kind, more in (
        ("d1", "in_danger", {"note": {"en": "Mining."}}),
        ("d2", "in_danger", {"note": {"en": "Mining."}, "source": key("list")}),
        ("d3", "in_danger", {}),
        ("d4", "extended", {"note": {"en": "Wider."}}),
    ):
        index.add([item("designationevent", uid, kind=kind, **more)])
    found = unsourced.statements(index)
    assert found == [
        ("centre", "p"), ("description", "r1"), ("designationevent", "d1"), ("event", "e1"),
        ("point", "a"), ("territory", "r2"), ("text", "a"), ("visitingfact", "v"),
    ]  # fmt: skip
    assert unsourced.summary(found).startswith("Statements without a source: 8 (")
