"""The table of what a visit takes: what becomes which row, and what is refused."""

import csv
import json

import pytest

from fixtures.build import files, make_visiting, visiting
from fixtures.build.command import FIXTURES, CommandError
from fixtures.build.tables import TableError

SOURCES = [
    {"key": "office", "kind": "official", "title_en": "Office", "title_zh": "管理处",
     "url": "https://office.example/"},
    {"key": "guide", "kind": "web", "title_en": "Guide", "title_zh": "攻略", "url": ""},
    {"key": "other", "kind": "web", "title_en": "Other", "title_zh": "另一攻略", "url": ""},
]  # fmt: skip
OFFICIAL = {"quality": "official", "as_of": "2020-03", "source": "office"}
REPORTED = {"quality": "reported", "source": "guide", "second_source": "other"}
RECALLED = {"quality": "recalled", "as_of": "2026", "source": "recalled"}
PHONE = {"slug": "longmen", "fact": "phone", "value": "+86 1"}
HOURS = {"slug": "longmen", "fact": "opening", "weekdays": "1234567", "hours": "08:00-17:00"}
TICKET = {
    "slug": "longmen",
    "fact": "ticket",
    "text_en": "Adults",
    "text_zh": "成人",
    "value": "90",
}
SEASON = {"slug": "longmen", "fact": "best_season", "text_en": "Spring.", "text_zh": "春季。"}


@pytest.fixture
def read(tmp_path):
    def read(*facts, sources=SOURCES):
        for name, rows in (("facts.csv", facts), ("sources.csv", sources)):
            columns = visiting._FACTS if name == "facts.csv" else visiting._SOURCES
            with (tmp_path / name).open("w", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return visiting.read(tmp_path / "facts.csv", tmp_path / "sources.csv")

    return read


@pytest.fixture
def others():
    index = files.Index()
    index.add([files.item("site", "uid-of-longmen", slug="longmen")])
    return index


MADE = {  # what: (cells, model, some of its fields)
    "hours of a season": (
        HOURS | OFFICIAL | {"season": "11-15/01-31", "last_entry": "16:30"},
        "opening",
        {"season_from": "11-15", "season_to": "01-31", "opens": "08:00", "closes": "17:00",
         "last_entry": "16:30", "weekdays": "1234567", "quality": "official", "as_of": "2020-03"},
    ),
    "a closed day": (
        HOURS | OFFICIAL | {"weekdays": "1", "hours": ""}, "opening", {"weekdays": "1"},
    ),
    "a ticket": (
        TICKET | REPORTED, "price",
        {"label": {"en": "Adults", "zh-hans": "成人"}, "amount": "90",
         "source": ["source-visiting-guide"], "second_source": ["source-visiting-other"]},
    ),
    "a phone": (PHONE | REPORTED, "visitingfact", {"kind": "phone", "value": "+86 1"}),
    "a season": (
        SEASON | RECALLED, "visitingfact",
        {"kind": "best_season", "text": {"en": "Spring.", "zh-hans": "春季。"},
         "source": ["source-recalled"], "quality": "recalled", "as_of": "2026"},
    ),
    "what differs": (
        TICKET | OFFICIAL | {"differs_en": "40.", "differs_zh": "40元。"}, "price",
        {"differs": {"en": "40.", "zh-hans": "40元。"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "model", "fields"), MADE.values(), ids=MADE)
def test_a_line_becomes_a_row(read, others, cells, model, fields):
    *sources, row = visiting.rows(read(cells), others)
    assert [source["fields"]["uid"] for source in sources] == [
        "source-visiting-office", "source-visiting-guide", "source-visiting-other",
    ]  # fmt: skip
    assert row["model"] == f"heritage.{model}"
    assert row["fields"].items() >= (fields | {"site": ["uid-of-longmen"]}).items()
    assert "checked_on" not in row["fields"]
    if cells.get("hours") == "":
        assert "opens" not in row["fields"] and "closes" not in row["fields"]


def test_rows_of_one_kind_have_uids_of_their_own(read, others):
    table = read(PHONE | OFFICIAL, PHONE | OFFICIAL, TICKET | OFFICIAL)
    uids = [row["fields"]["uid"] for row in visiting.rows(table, others)][len(SOURCES) :]
    owner = "uid-of-longmen.visiting"
    assert uids == [f"{owner}.phone", f"{owner}.phone-2", f"{owner}.ticket"]


REFUSED = {
    "official, undated": (PHONE | OFFICIAL | {"as_of": ""}, "as_of"),
    "press, undated": (PHONE | OFFICIAL | {"quality": "press", "as_of": ""}, "as_of"),
    "reported by one": (PHONE | REPORTED | {"second_source": ""}, "second_source"),
    "reported by one, twice": (PHONE | REPORTED | {"second_source": "guide"}, "second_source"),
    "a recalled price": (TICKET | RECALLED, "quality"),
    "a recalled phone": (PHONE | RECALLED, "quality"),
    "recalled, undated": (SEASON | RECALLED | {"as_of": ""}, "as_of"),
    "recalled, with a source": (SEASON | RECALLED | {"source": "guide"}, "source"),
    "no source": (PHONE | OFFICIAL | {"source": ""}, "source"),
    "an unknown source": (PHONE | OFFICIAL | {"source": "nobody"}, "source"),
    "an unknown quality": (PHONE | OFFICIAL | {"quality": "weak"}, "quality"),
    "an unknown fact": (PHONE | OFFICIAL | {"fact": "weather"}, "fact"),
    "a broken date": (PHONE | OFFICIAL | {"as_of": "lately"}, "as_of"),
    "a broken hour": (HOURS | OFFICIAL | {"hours": "8-17"}, "hours"),
    "a broken season": (HOURS | OFFICIAL | {"season": "summer"}, "season"),
    "hours of no day": (HOURS | OFFICIAL | {"weekdays": ""}, "weekdays"),
    "a price in words": (TICKET | OFFICIAL | {"value": "cheap"}, "value"),
    "one language": (SEASON | OFFICIAL | {"text_zh": ""}, "text_zh"),
    "what differs in one language": (SEASON | OFFICIAL | {"differs_en": "40."}, "differs_zh"),
    "nothing": (PHONE | OFFICIAL | {"value": ""}, "text_en"),
}


@pytest.mark.parametrize(("cells", "column"), REFUSED.values(), ids=REFUSED)
def test_a_line_is_refused_at_its_column(read, cells, column):
    with pytest.raises(TableError) as error:
        read(cells)
    assert [(fault.line, fault.column) for fault in error.value.faults] == [(2, column)]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"url": "/home/somebody/file.csv"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"kind": "rumour"}, "kind"),
        ({"title_zh": ""}, "title_zh"),
    ],
)
def test_a_source_is_refused_at_its_column(read, change, column):
    with pytest.raises(TableError) as error:
        read(sources=[SOURCES[0] | change])
    assert [fault.column for fault in error.value.faults] == [column]


def test_a_site_that_no_fixture_has_is_named(read, others):
    table = read(PHONE | OFFICIAL | {"slug": "nowhere"}, PHONE | OFFICIAL)
    assert list(visiting.unknown(table, others)) == ["no fixture has the site “nowhere”"]


def test_the_command_writes_and_checks(tmp_path):
    for name in ("henan.json", "sources.json"):
        (tmp_path / name).write_text((FIXTURES / name).read_text("utf-8"), "utf-8")
    with pytest.raises(CommandError, match="henan_visiting"):
        make_visiting.main([f"--to={tmp_path}", "--check"])
    make_visiting.main([f"--to={tmp_path}"])
    make_visiting.main([f"--to={tmp_path}", "--check"])
    written = (tmp_path / "henan_visiting.json").read_text("utf-8")
    assert written == (FIXTURES / "henan_visiting.json").read_text("utf-8")


def test_the_sites_of_henan_that_are_visited_most():
    rows = json.loads((FIXTURES / "henan_visiting.json").read_text("utf-8"))
    sites = {row["fields"]["site"][0] for row in rows if "site" in row["fields"]}
    assert len(sites) == 24
    # A private address or a path is none that a reader can open.
    urls = [row["fields"]["url"] for row in rows if row["fields"].get("url")]
    assert all(url.startswith(("https://", "http://")) for url in urls)
    assert not any("file id" in json.dumps(row) for row in rows)
