"""The grammars of the Henan table, case by case."""

import pytest

from fixtures.build import henan_cells
from fixtures.build.files import Index
from fixtures.build.henan_cells import Eras, Listed, Precision
from tests.test_build_henan import vocabularies


@pytest.fixture
def eras():
    others = Index()
    others.add(vocabularies())
    return Eras.of(others)


@pytest.mark.parametrize(
    ("cell", "spans"),
    [
        ("Tang", [("tang", "tang")]),
        ("Eastern Han; Jin (金)-Qing", [("eastern-han", "eastern-han"), ("jin-1115", "qing")]),
        ("Jin (晋)", [("jin-266", "jin-266")]),
        ("Song-Jin (金)", [("song", "jin-1115")]),
        ("Late Shang (Yin)", [("late-shang", "late-shang")]),
        ("People's Republic of China", [("prc", "prc")]),
        ("", []),
    ],
)
def test_eras_of_the_table(eras, cell, spans):
    found = [(span.first.era, span.last.era) for span in eras.spans(cell)]
    assert found == [(f"era-{first}", f"era-{last}") for first, last in spans]


def test_narrower_eras_stand_in_brackets(eras):
    [span, later] = eras.spans("Neolithic (Yangshao-Longshan); Tang")
    assert span.first.all == ("era-yangshao", "era-longshan", "era-neolithic")
    assert later.first.narrower == ()
    assert eras.at(-4799, (span,)) == "era-yangshao"
    assert eras.at(-8000, (span,)) == "era-neolithic"
    assert eras.at(618, (span,)) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("Jin", "may be"),
        ("Atlantis", "no era"),
        ("Tang (金)", "is not called"),
        ("Tang-Song-Qing", "two ends"),
        ("Neolithic (Atlantis)", "is no era"),
    ],
)
def test_eras_that_cannot_be_told(eras, cell, reason):
    with pytest.raises(ValueError, match=reason):
        eras.spans(cell)


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("金至清", Listed("era-jin-1115", "era-qing", "")),
        ("唐宋", Listed("era-tang", "era-song", "")),
        ("北宋", Listed("era-northern-song", None, "")),
        ("新石器时代至唐", Listed("era-neolithic", "era-tang", "")),
        ("1969年", Listed(None, None, "1969")),
        ("1903～1949年", Listed(None, None, "1903/1949")),
        ("", None),
    ],
)
def test_eras_as_listed(eras, cell, listed):
    assert eras.listed(cell) == listed


def test_an_era_that_no_list_has(eras):
    with pytest.raises(ValueError, match="no era of the national list"):
        eras.listed("唐宋清")


@pytest.mark.parametrize(
    ("cell", "kind", "detail"),
    [
        ("founded", "founded", ""),
        ("built (city wall)", "built", "city wall"),
        ("occupied from", "occupied", ""),
        ("in use from (court kiln, c. 1086; village kilns earlier)", "in_use",
         "court kiln, c. 1086; village kilns earlier"),
        ("first mentioned (a shrine)", "mentioned", "a shrine"),
        ("gnomon stone erected on the site (723); the tower later", "built",
         "723; the tower later"),
    ],
)  # fmt: skip
def test_first_events(cell, kind, detail):
    assert henan_cells.first_event(cell) == (kind, detail)


def test_an_unknown_event_is_refused():
    with pytest.raises(ValueError, match="no event"):
        henan_cells.first_event("dreamt of (68)")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("whc_list_2026-07-27.xml component point",
         Precision("surveyed", None, "source-unesco-components")),
        ("china5a.js", Precision("approximate", None, "source-5a-list")),
        ("Wikipedia: Jiahu, as 33°36′47″ N",
         Precision("approximate", None, "source-henan-wikipedia-jiahu")),
        ("tang-song buildings.csv", Precision("approximate", None, "source-tang-song-buildings")),
        ("recalled, approximate (about 1-3 km)",
         Precision("approximate", 3000, "source-recalled")),
        ("GeoNames point of the town, approximate (about 1-3 km)",
         Precision("approximate", 3000, "source-geonames")),
        ("recalled, corrected: 500 m south (was the shared component point); good to about 0.5 km",
         Precision("approximate", 500, "source-recalled")),
        ("recalled, corrected: about 4 km north of town; good to about 2 km",
         Precision("approximate", 2000, "source-recalled")),
    ],
)  # fmt: skip
def test_how_good_a_point_is(cell, found):
    assert henan_cells.precision(cell) == found


def test_a_point_of_unknown_origin_is_refused():
    with pytest.raises(ValueError, match="how good"):
        henan_cells.precision("somewhere")


def test_sources_and_what_was_corrected():
    cell = "x: lingdian1226/y; UNESCO id: whc-sites-2025.xlsx; recalled, corrected: pinyin, eras"
    assert henan_cells.sources(cell) == (
        "source-cn-national-list", "source-unesco-list-2025", "source-recalled",
    )  # fmt: skip
    assert henan_cells.corrected(cell) == {"pinyin", "eras"}
