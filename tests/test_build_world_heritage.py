"""From small made-up facts to the rows of fixtures: the oddities of the list, one at a time."""

import json

import pytest

from fixtures.build import corrections, countries, facts, files, points, sites
from fixtures.build.facts import Part
from fixtures.build.tables import TableError
from fixtures.build.world_heritage import Made, Tables, make
from tests.test_build_facts import PART, table


class Result(files.Index):
    """All that was made, and how it lies in files."""

    def __init__(self, made: Made):
        super().__init__()
        self.made = made
        for text in made.files.values():
            self.add(json.loads(text))


def term(facet: str, code: str, label: str) -> dict:
    return files.item(
        "registerterm", f"whl.{facet}.{code}", register=["whl"], facet=facet, code=code,
        label={"en": label},
    )  # fmt: skip


def vocabularies() -> files.Index:
    """What the other fixtures hold, as far as the maker looks at it."""
    index = files.Index()
    index.add([term("criterion", code, code) for code in ("i", "ii", "x")])
    index.add([term("category", code, code) for code in ("cultural", "natural", "mixed")])
    index.add([term("region", "africa", "Africa"), term("region", "arab-states", "Arab States")])
    index.add(
        [files.item("source", "source-unesco-list-2025"), files.item("source", "source-recalled")]
    )
    return index


@pytest.fixture
def others():
    return vocabularies()


@pytest.fixture
def maker(tmp_path, others):
    """Rows of the facts → the objects of all files, by model and uid."""

    def run(*changes, parts=(), dossiers=None, kept=None, as_of=None) -> Result:
        properties = facts.read_properties(table(tmp_path, *changes))
        found = (
            facts.read_parts(table(tmp_path, *parts, name="parts.csv", row=PART)) if parts else []
        )
        return Result(make(Tables(properties, found, dossiers or {}, as_of), others, kept))

    return run


# --- entries ---------------------------------------------------------------------------------


def events(index: Result) -> list[tuple]:
    return [(e["uid"], e["kind"], e["date"]) for e in index.rows["designationevent"].values()]


def test_an_entry_of_the_register(maker):
    made = maker({"name_zh": "窑", "name_ar": "< فرن"}, dossiers={7: "7bis"})
    assert made.rows["designation"]["whl-7"] == {
        "uid": "whl-7", "register": ["whl"], "reference": "7",
        "name": {"en": "Kiln", "ar": "فرن", "zh-hans": "窑"},
        "category": ["whl.category.cultural"], "source": ["source-unesco-list-2025"],
    }  # fmt: skip
    assert made.rows["worldheritage"]["whl-7.detail"] == {
        "uid": "whl-7.detail", "designation": ["whl-7"], "dossier": "7bis",
        "criteria": [["whl.criterion.i"]], "regions": [["whl.region.africa"]],
        "states": [["place-ke"]], "area_ha": "12.5",
    }  # fmt: skip
    assert events(made) == [("whl-7.inscribed", "inscribed", "1990")]


def test_events_in_their_order(maker):
    made = maker(
        {"secondary_dates": "2011,1995", "danger_years": "2000-2006;1984-1988;2010-",
         "in_danger": "1", "date_inscribed": "1979"}
    )  # fmt: skip
    assert events(made) == [
        ("whl-7.inscribed", "inscribed", "1979"),
        ("whl-7.in-danger.1984", "in_danger", "1984"),
        ("whl-7.out-of-danger.1988", "out_of_danger", "1988"),
        ("whl-7.extended.1995", "extended", "1995"),
        ("whl-7.in-danger.2000", "in_danger", "2000"),
        ("whl-7.out-of-danger.2006", "out_of_danger", "2006"),
        ("whl-7.in-danger.2010", "in_danger", "2010"),
        ("whl-7.extended.2011", "extended", "2011"),
    ]


def test_one_delisted_in_danger_was_never_out_of_it(maker):
    made = maker({"status": "delisted", "delisted_year": "2009", "danger_years": "2006-2009"})
    assert [kind for _uid, kind, _date in events(made)] == ["inscribed", "in_danger", "delisted"]
    assert made.rows["site"]["wh-7"]["state"] == "published"


def test_a_superseded_one_names_its_successor_and_has_no_site(maker):
    old = {"id_no": "8", "status": "superseded", "note": "replaced by a new property (Kilns, All)"}
    made = maker(old, {"name_en": "Kilns, all", "date_inscribed": "2025"})
    assert made.rows["designation"]["whl-8"]["superseded_by"] == ["whl-7"]
    assert events(made)[-1] == ("whl-8.superseded", "superseded", "2025")
    assert set(made.rows["site"]) == {"wh-7"}
    # Its point would be lost with the site: it is kept as that of a part.
    assert made.rows["componentpoint"]["whl-8.p1"]["latitude"] == -1.3


def test_a_superseded_one_without_a_successor_is_refused(maker):
    with pytest.raises(TableError, match="property 7: its note names no property"):
        maker({"status": "superseded"})


def test_unknown_area_states_and_point(maker):
    change = {"area_ha": "0", "states_iso2": "", "latitude": "", "longitude": ""}
    made = maker(change)
    assert made.rows["worldheritage"]["whl-7.detail"]["area_ha"] is None
    assert made.rows["worldheritage"]["whl-7.detail"]["states"] == []
    site = made.rows["site"]["wh-7"]
    assert (site["place"], site["also_in"]) == (None, [])
    assert not site.keys() & {"latitude", "longitude", "precision", "point_source"}


def test_several_regions_in_one_cell(maker):
    made = maker({"region": "Arab States,Africa"})
    regions = made.rows["worldheritage"]["whl-7.detail"]["regions"]
    assert regions == [["whl.region.arab-states"], ["whl.region.africa"]]
    assert "world_heritage_arab_states.json" in made.made.files


@pytest.mark.parametrize(
    "change",
    [{"region": "Atlantis"}, {"states_iso2": "ZZ"}, {"category": "Sunken"}, {"criteria": "v"}],
)
def test_what_no_fixture_knows_is_refused(maker, change):
    with pytest.raises(TableError, match=r"property 7: .*(no country ZZ|no term)"):
        maker(change)


def test_a_dossier_that_is_older_than_the_last_extension_is_left_out(maker):
    change = {"secondary_dates": "2025"}
    for year, expected in ((2024, ""), (2025, "7bis"), (None, "7bis")):
        made = maker(change, dossiers={7: "7bis"}, as_of=year)
        assert made.rows["worldheritage"]["whl-7.detail"]["dossier"] == expected


def test_parts_have_points_and_neither_names_nor_references(maker):
    parts = [{}, {"seq": "2", "iso2": ""}, {"id_no": "99"}]
    made = maker({}, parts=parts)
    assert made.rows["componentpoint"] == {
        "whl-7.p1": {
            "uid": "whl-7.p1", "designation": ["whl-7"], "number": 1, "state": ["place-ke"],
            "latitude": -1.3, "longitude": 36.8,
        },
        "whl-7.p2": {
            "uid": "whl-7.p2", "designation": ["whl-7"], "number": 2, "state": None,
            "latitude": -1.3, "longitude": 36.8,
        },
    }  # fmt: skip
    assert made.made.remarks == ["1 points left out: their properties are not in the facts: 99"]


def test_an_older_list_becomes_a_source(maker):
    made = maker(
        {"source": "whc-sites-2019.xls; delisting recalled"}, {"id_no": "8", "source": "recalled"}
    )
    assert set(made.rows["source"]) == {"source-unesco-list-2019"}
    assert made.rows["designation"]["whl-7"]["source"] == ["source-unesco-list-2019"]
    assert made.rows["designation"]["whl-8"]["source"] == ["source-recalled"]


@pytest.mark.parametrize(
    ("number", "area", "parts", "moved_km", "latitude"),
    [
        (850, "1720", [34.243, 34.9], 11, 34.243),  # the nearest part
        (850, "1720", [34.30, 34.9], None, 34.34),  # a part is near enough
        (850, "5232018", [34.243], None, 34.34),  # a wide area has a point in its middle
        (850, None, [34.243], None, 34.34),  # how wide it is, is not known
        (850, "1720", [], None, 34.34),
        (440, "23392", [34.34], 5153, 40.04),  # by hand
    ],
)
def test_a_point_far_from_all_parts_is_that_of_the_nearest(
    tmp_path, number, area, parts, moved_km, latitude
):
    cells = {"latitude": "34.34", "longitude": "36.0", "id_no": str(number)}
    (found,) = facts.read_properties(table(tmp_path, cells | {"area_ha": area or ""}))
    listed = [Part(number, place, "LB", (at, 36.0)) for place, at in enumerate(parts, 1)]
    (placed,) = points.placed([found], listed)
    assert (placed.point[0], placed.moved_km) == (latitude, moved_km)
    assert placed.listed_point == ((34.34, 36.0) if moved_km else None)
    told = [row["fields"] for row in sites.differing(placed)]
    assert [row["fact"] for row in told] == (["point"] if moved_km else [])
    if told:
        assert told[0]["other"]["en"] == "34.3400° N, 36.0000° E"
        assert told[0]["reason"] == corrections.why_moved(number, moved_km)


def test_names_of_others_and_recalled_ones():
    assert corrections.names(1657, {"en": "Pelée", "ar": "خليج"}) == {"en": "Pelée"}
    assert corrections.names(1443, {"en": "Canal"}) == {"en": "Canal", "zh-hans": "大运河"}
    assert corrections.note(1443, {"en": "Canal"}) == corrections.RECALLED_NAME_NOTE
    # The day the list has a name of its own, that is the name.
    assert corrections.names(1443, {"zh-hans": "运河"}) == {"zh-hans": "运河"}
    assert corrections.note(1443, {"zh-hans": "运河"}) == {}


def test_a_wrong_chinese_name_is_corrected_and_kept_as_another():
    given = {"en": "Yungang Grottoes", "zh-hans": "云岗石窟"}
    assert corrections.names(1039, given)["zh-hans"] == "云冈石窟"
    assert corrections.other_name(1039, given) == "云岗石窟"
    assert corrections.note(1039, given) == {}
    mended = given | {"zh-hans": "云冈石窟（中国）"}  # a later file may have another one
    assert corrections.names(1039, mended)["zh-hans"] == mended["zh-hans"]
    assert corrections.other_name(1039, mended) == ""
    # Not where punctuation alone differs, or the file has the name of another property.
    assert corrections.other_name(137, {"zh-hans": "卡胡兹－别加国家公园"}) == ""
    assert corrections.other_name(357, {"zh-hans": "希拉波利斯和帕姆卡莱"}) == ""


@pytest.mark.parametrize(
    ("language", "given", "mended"),
    [
        ("ru", "церковь Cент-Маргарет c фреской", "церковь Сент-Маргарет с фреской"),
        ("ru", "Замки короля Эдуарда I, Cambridge", "Замки короля Эдуарда I, Cambridge"),
        ("zh-hans", "恰高•占比尔(遗址)", "恰高·占比尔（遗址）"),
        ("en", "A (b) • c", "A (b) • c"),
    ],
)
def test_letters_that_look_like_others_are_mended(language, given, mended):
    assert corrections.names(7, {language: given}) == {language: mended}


def test_properties_of_a_later_edition(tmp_path, others):
    path = tmp_path / "later.csv"
    path.write_text(
        "id_no,name_en,name_zh,category,criteria,year,states,region,points\n"
        '9,Kilns,窑,Cultural,(i)(ii),2026,ke,Africa,"-1.3,36.8 -1.4,36.8 -3,36.8"\n'
    )
    others.add([files.item("source", "source-unesco-file-2026")])
    made = Result(make(Tables(facts.read_later(path), [], {}), others, None))
    site, entry = made.rows["site"]["wh-9"], made.rows["designation"]["whl-9"]
    assert (site["latitude"], site["longitude"]) == (-1.4, 36.8)  # that of the part in the middle
    assert site["sources"] == [entry["source"]] == [["source-unesco-file-2026"]]
    assert "after the list of 2025" in entry["note"]["en"]
    assert "part in the middle" in entry["note"]["en"]
    assert events(made) == [("whl-9.inscribed", "inscribed", "2026")]
    path.write_text(path.read_text().replace("36.8 -1.4", "x -1.4"))
    with pytest.raises(TableError, match=r"later\.csv, line 2, points"):
        facts.read_later(path)


# --- sites -----------------------------------------------------------------------------------


def test_a_site_of_its_own(maker):
    made = maker({"name_zh": "窑"})
    assert made.rows["site"] == {
        "wh-7": {
            "uid": "wh-7", "slug": "kiln", "name": {"en": "Kiln", "zh-hans": "窑"},
            "kinds": [["kind-cultural-place"]], "place": ["place-ke"], "also_in": [],
            "sources": [["source-unesco-list-2025"]], "latitude": -1.3, "longitude": 36.8,
            "precision": "approximate", "point_source": ["source-unesco-list-2025"],
            "state": "published",
        }
    }  # fmt: skip
    assert made.rows["coverage"] == {
        "wh-7.coverage.whl-7": {
            "uid": "wh-7.coverage.whl-7", "site": ["wh-7"], "designation": ["whl-7"],
            "extent": "whole", "source": ["source-unesco-list-2025"],
        }
    }  # fmt: skip


def test_a_site_in_several_states_lies_first_in_none(maker):
    site = maker({"states_iso2": "KE;tz"}).rows["site"]["wh-7"]
    assert (site["place"], site["also_in"]) == (None, [["place-ke"], ["place-tz"]])


@pytest.mark.parametrize(
    ("category", "kinds"),
    [
        ("Cultural", [["kind-cultural-place"]]),
        ("Natural", [["kind-natural-place"]]),
        ("Mixed", [["kind-cultural-place"], ["kind-natural-place"]]),
    ],
)
def test_kinds_say_no_more_than_the_category(maker, category, kinds):
    made = maker({"category": category, "name_en": "Cathedral and Temple"})
    assert made.rows["site"]["wh-7"]["kinds"] == kinds


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("K’gari (Fraser Island)", "kgari-fraser-island"),
        ("Røros Mining Town", "roros-mining-town"),
        ("Chang'an–Tianshan", "changan-tianshan"),
        ("Word " * 30, "-".join(["word"] * 16)),
        ("Taken", "taken-7"),
        ("Gone", "gone-7"),
    ],
)
def test_slugs(maker, others, name, slug):
    others.add([files.item("site", "taken", slug="taken")])
    others.add([files.item("formerslug", "gone", slug="gone", site=["taken"])])
    assert maker({"name_en": name}).rows["site"]["wh-7"]["slug"] == slug


def test_a_slug_once_given_stays_while_it_is_free(maker, others):
    first, second = {"name_en": "Kiln"}, {"id_no": "8", "name_en": "Kiln"}
    assert maker(first, second).values("site", "slug") == {"kiln", "kiln-8"}
    kept = {"wh-8": "kiln", "wh-7": "old-kiln"}
    made = maker(first, second, kept=kept).rows["site"]
    assert (made["wh-7"]["slug"], made["wh-8"]["slug"]) == ("old-kiln", "kiln")
    others.add([files.item("site", "other", slug="old-kiln")])
    assert maker(first, second, kept=kept).rows["site"]["wh-7"]["slug"] == "kiln-7"


def covered(others, site: str, extent: str) -> None:
    uid = f"{site}.coverage"
    fields = {"site": [site], "designation": ["whl-7"], "extent": extent}
    others.add([files.item("site", site, slug=site), files.item("coverage", uid, **fields)])


def test_a_property_that_is_another_record_is_not_made_twice(maker, others):
    covered(others, "kiln", "whole")
    others.add([files.item("designation", "whl-7", register=["whl"], name={"en": "Kiln"})])
    others.add([files.item("designationevent", "whl-7.event.inscribed", designation=["whl-7"])])
    made = maker({}, parts=[{}])
    assert not made.rows["site"] and not made.rows["designation"]
    assert not made.rows["designationevent"]
    # What the other fixture lacks is still made.
    assert set(made.rows["worldheritage"]) == {"whl-7.detail"}
    assert set(made.rows["componentpoint"]) == {"whl-7.p1"}


def test_a_serial_property_holds_the_sites_that_are_its_components(maker, others):
    for site in ("hall", "forest"):
        covered(others, site, "component")
    others.add([files.item("partof", "forest.in.hall", part=["forest"], whole=["hall"])])
    others.add([files.item("designation", "whl-7", register=["whl"], name={"en": "Halls"})])
    made = maker({})
    assert made.rows["site"]["wh-7"]["name"] == {"en": "Halls"}  # as the designation is called
    # The forest lies in the hall, and through it in the property.
    assert made.rows["partof"] == {
        "hall.part-of.wh-7": {"uid": "hall.part-of.wh-7", "part": ["hall"], "whole": ["wh-7"]}
    }


# --- countries -------------------------------------------------------------------------------


def test_countries_of_iso_3166_in_six_languages():
    made = countries.countries(leave_out={"CN"})
    assert len(made) == 248  # of 249
    fields = {row["fields"]["code"]: row["fields"] for row in made}
    assert "Vereinigtes Königreich" in fields["GB"].pop("other_names")
    assert fields["GB"] == {
        "uid": "place-gb", "slug": "united-kingdom", "level": "country", "code": "GB",
        "label": {
            "en": "United Kingdom", "fr": "Royaume-Uni", "es": "Reino Unido",
            "ru": "Великобритания", "ar": "المملكة المتحدة", "zh-hans": "英国",
        },
    }  # fmt: skip
    assert len({row["slug"] for row in fields.values()}) == 248
    assert all(set(row["label"]) == set(countries.LOCALES) for row in fields.values())
    assert fields["PS"]["label"]["zh-hans"] == "巴勒斯坦国"
    assert fields["CI"]["slug"] == "cote-divoire"
