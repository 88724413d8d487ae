"""The fixtures of the demo: loaded as a whole, sound, repeatable, and true where it matters."""

import io
import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from fixtures.build import make_henan, unsourced
from fixtures.build.command import FIXTURES
from fixtures.build.covers import read as read_covers
from fixtures.build.files import Index, as_text
from fixtures.build.henan_cells import Eras
from fixtures.build.henan_facts import read_facts
from heritage.media.covers import PALETTES, scene_files
from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Disagreement,
    Era,
    Event,
    Kind,
    Place,
    Record,
    Site,
    Source,
    UnescoStatus,
    unesco_statuses,
)
from heritage.search import current_index
from heritage.search.filters import SiteFilter
from heritage.services.record_problems import problems
from heritage.values.edtf import to_historical
from heritage.values.language import display_width
from heritage.web.media import covers
from heritage.web.shared import cards
from tests import henan_table
from tests.demo.conftest import PATHS

ROWS = [(path.name, row) for path in PATHS for row in json.loads(path.read_text(encoding="utf-8"))]
HENAN = {
    row["fields"]["uid"]: row["fields"]
    for file, row in ROWS
    if (file, row["model"]) == ("henan.json", "heritage.site")
    and row["fields"]["uid"] != "jingzang-pagoda"  # which the table of facts does not have
}
pytestmark = pytest.mark.django_db  # so that there is a database for `demo`

LANGUAGES = {"en", "zh-hans"}
# Files that a command alone writes: the official tables' own words, and tables of ours.
MADE = (
    *("countries", "world_heritage", "henan_units", "henan_visiting", "disagreements"),
    "names_in_use",
    "sentences",
)
TABLES = Path(henan_table.__file__).parent / "facts"
FACTS, UNITS_TABLE = TABLES / "henan.csv", TABLES / "protected_units.csv"

BATCHES = {1: 1961, 2: 1982, 3: 1988, 4: 1996, 5: 2001, 6: 2006, 7: 2013, 8: 2019}
STATUS = {
    "longmen-grottoes": UnescoStatus.INSCRIBED,
    "yin-xu": UnescoStatus.INSCRIBED,
    "shaolin-temple": UnescoStatus.PART,
    "shaolin-pagoda-forest": UnescoStatus.PART,
    "songyue-temple-pagoda": UnescoStatus.PART,
    "dengfeng-observatory": UnescoStatus.PART,
    "luoyang-city-han-to-northern-wei": UnescoStatus.PART,
    "hangu-pass-of-han": UnescoStatus.PART,
    "hanjia-granary-site": UnescoStatus.PART,
    "songyang-academy": UnescoStatus.PART,
    "red-flag-canal": UnescoStatus.NONE,
    "white-horse-temple": UnescoStatus.NONE,
}
# Eras that a mistake in counting would shift: historical years of the data.
ERAS = {
    "late-shang": (-1300, -1046),
    "western-han": (-206, 9),
    "eastern-han": (25, 220),
    "jin-266-420": (266, 420),
    "northern-wei": (386, 534),
    "tang": (618, 907),
    "jin-1115-1234": (1115, 1234),
    "palaeolithic": (-1_700_000, -10_000),
    "peoples-republic-of-china": (1949, None),
}


# --- the files -------------------------------------------------------------------------------


def test_no_row_carries_a_primary_key_or_a_derived_column():
    for file, row in ROWS:
        assert row.keys() == {"model", "fields"}, f"{file}: {row['fields'].get('uid')}"
        model = apps.get_model(row["model"])
        for column in row["fields"]:
            assert model._meta.get_field(column).serialize, f"{file}: {column} is derived"


def test_no_place_stands_twice():
    places = [row["fields"] for _file, row in ROWS if row["model"] == "heritage.place"]
    parent = {place["uid"]: place.get("parent", [""])[0] for place in places}
    lands = {place["label"]["en"] for place in places if not parent[place["uid"]]}
    parts = {place["label"]["en"] for place in places if parent[place["uid"]]}
    assert lands & parts == {"Georgia"}  # the country, and the state of the United States
    for label in ("en", "zh-hans"):
        siblings = [(parent[place["uid"]], place["label"][label]) for place in places]
        assert len(siblings) == len(set(siblings)), label


def test_files_are_written_in_one_way():
    for path in PATHS:
        text = path.read_text(encoding="utf-8")
        rows = json.loads(text)
        # One field a line where people write, one object a line where a command alone does.
        by_hand = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
        assert text == (as_text(rows) if path.name.startswith(MADE) else by_hand), path.name


MARKUP = re.compile(r"<[^>]*>|&[#\w]+;|\]\(|\*\*|^#|[<>`\u00a0\u200b]|  ", re.MULTILINE)
MARKDOWN = {"about", "privacy", "description"}  # of Identity and Site; other words are plain


def _sentences():
    for file, row in ROWS:
        markdown = MARKDOWN if row["model"] in ("heritage.identity", "heritage.site") else ()
        for column, value in row["fields"].items():
            if isinstance(value, dict) and column not in markdown:
                for code, text in value.items():
                    yield f"{file}: {row['fields']['uid']}: {column}: {code}", text
    for file, row in ROWS:
        if row["model"] == "heritage.name":
            yield f"{file}: {row['fields']['uid']}", row["fields"]["text"]


def test_sentences_contain_no_markup():
    found = [f"{where}: {text}" for where, text in _sentences() if MARKUP.search(text)]
    assert not found


def test_markdown_contains_no_html():
    texts = [
        text
        for _file, row in ROWS
        for column in MARKDOWN & row["fields"].keys()
        if isinstance(row["fields"][column], dict)
        for text in row["fields"][column].values()
    ]
    assert texts and not [text for text in texts if re.search(r"<\w|&\w+;", text)]


def test_what_readers_read_is_in_both_languages():
    alone = ("heritage.designation", "heritage.identifierscheme")  # registers' own words; brands
    short = ("short_label", "short_name")  # only in a language in which the whole one is long
    lacking = [
        f"{file}: {row['fields']['uid']}: {column}"
        for file, row in ROWS
        if row["model"] not in alone and not file.startswith(MADE)
        for column, value in row["fields"].items()
        if isinstance(value, dict) and column not in short and not value.keys() >= LANGUAGES
    ]
    assert not lacking


def test_what_lists_call_a_site_is_short_in_both_languages():
    sites = [(file, row["fields"]) for file, row in ROWS if row["model"] == "heritage.site"]
    long = [
        f"{file}: {site['uid']}: {shown[code]}"
        for file, site in sites
        for shown in [site["name"] | site.get("short_name", {})]
        for code in LANGUAGES
        if display_width(shown[code]) > 40
    ]
    assert sites and not long


# --- what they come to -----------------------------------------------------------------------


def _dump() -> dict:
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("heritage").get_models()
    } | {
        relation.remote_field.through._meta.label: list(
            relation.remote_field.through.objects.order_by("pk").values()
        )
        for model in apps.get_app_config("heritage").get_models()
        if issubclass(model, Record)
        for relation in model._meta.many_to_many
    }


def _loaddata() -> str:
    out = io.StringIO()
    call_command("loaddata", *map(str, PATHS), stdout=out)
    return out.getvalue()


def test_loading_twice_changes_nothing(demo):
    before = _dump()
    again = _loaddata()
    assert f": {len(ROWS)} created, 0 updated, 0 unchanged." in demo
    assert f": 0 created, 0 updated, {len(ROWS)} unchanged." in again
    assert _dump() == before


def test_what_is_stored_is_sound(demo):
    assert [str(problem) for problem in problems()] == []


def test_the_list_of_statements_without_a_source_has_the_length_of_the_marks(demo):
    marks = DesignationEvent.objects.filter(kind="in_danger", source=None).exclude(note={}).count()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            is_key = field.related_model is Source and not field.auto_created
            if is_key and model is not Disagreement:  # which tells two values of a statement
                marks += model._base_manager.filter(**{f"{field.name}__kind": "recalled"}).count()
    fixtures = Index.of(Path(path) for path in PATHS)
    assert len(unsourced.statements(fixtures)) == marks > 5000


def test_every_site_of_henan_is_published_and_told_in_both_languages(demo):
    sites = Site.objects.published().filter(uid__in=HENAN).prefetch_related("sources")
    assert len(sites) == len(HENAN) == 60
    for site in sites:
        assert site.uid == site.slug
        assert site.name.keys() >= LANGUAGES and site.summary.keys() >= LANGUAGES, site.slug
        assert site.place_id and site.latitude and site.point_source_id, site.slug
        # None of the texts was checked against a publication yet, and each page says so.
        assert "source-recalled" in {source.uid for source in site.sources.all()}, site.slug
    featured = Site.objects.filter(featured__isnull=False).order_by("featured")
    assert [site.featured for site in featured] == [1, 2, 3, 4, 5, 6]
    assert [site.slug for site in featured[:2]] == ["longmen-grottoes", "white-horse-temple"]


def test_recalled_points_are_called_approximate(demo):
    recalled = Site.objects.filter(uid__in=HENAN, point_source__kind="recalled")
    assert {site.precision for site in recalled} == {"approximate"}
    better = {"taishi-que-gates": 500, "white-horse-temple": 500, "youli-city-site": 2000}
    for site in recalled:
        assert site.accuracy_m == better.get(site.slug, 3000), site.slug


def test_what_is_approximate_says_so_in_its_date_too(demo):
    for event in Event.objects.filter(site__uid__in=HENAN).exclude(date=""):
        assert event.parsed.approximate == (event.certainty == "approximate"), event.uid


def test_what_stands_is_told_apart_from_what_lies_in_the_ground(demo):
    found = {"fabric": set(), "dated": set()}
    events = Event.objects.filter(kind__in=found, site__uid__in=HENAN)
    for kind, site in events.values_list("kind", "site__uid"):
        found[kind].add(site)
    assert found["fabric"] | found["dated"] == HENAN.keys()
    assert not found["fabric"] & found["dated"]


def test_what_lies_in_the_ground_is_not_said_to_stand(demo):
    units = Event.objects.filter(
        site__coverages__designation__register__slug="cn-national",
        site__uid__startswith="cn-",
        kind__in=("fabric", "dated"),
    )
    found = set(units.values_list("site__coverages__designation__category__code", "kind"))
    assert found == {
        ("archaeological-sites", "dated"),
        ("ancient-tombs", "dated"),
        ("modern-historic", "dated"),
        ("ancient-buildings", "fabric"),
        ("stone-carvings", "fabric"),
    }


def test_national_units(demo):
    entries = Designation.objects.filter(register__slug="cn-national")
    assert len(entries) == 420 and not entries.filter(coverages=None).exists()
    assert [entry.uid for entry in entries if not entry.reference] == ["cn-national-8-0000-4-003"]
    for entry in entries.exclude(reference=""):
        assert entry.uid == f"cn-national-{entry.reference}"
        assert entry.reference.startswith(f"{entry.batch}-")
        assert entry.listed_year == BATCHES[entry.batch]
        # The third part of a code is the category; where it is not, readers are told.
        is_told = bool(entry.note)
        assert entry.category.order == int(entry.reference.split("-")[2]) or is_told, entry


def test_what_is_inscribed_and_what_is_a_part_of_it(demo):
    sites = Site.objects.filter(uid__in=STATUS)
    found = {
        site.slug: unesco_statuses(site.coverages.select_related("designation__register"))[0]
        for site in sites
    }
    assert found == STATUS


def test_nothing_is_invented_that_no_source_gives(demo):
    assert not Coverage.objects.exclude(component_reference="")
    rated = Designation.objects.filter(register__role="rating")
    assert rated.count() == 7
    assert set(rated.values_list("listed_year", flat=True)) == {None}


def test_eras_keep_their_years(demo):
    found = {}
    for slug in ERAS:
        era = Era.objects.get(slug=slug)
        years = (era.first_year, era.last_year)
        found[slug] = tuple(None if year is None else to_historical(year) for year in years)
    assert found == ERAS
    eras = Era.objects.filter(region__code="CN", region_name={})
    assert eras.count() == 84
    # 晋 and 金 are both “Jin” in English: every short label stands for one era.
    for language in LANGUAGES:
        shorts = [era.short_label.get(language) or era.label[language] for era in eras]
        assert len(set(shorts)) == len(shorts)


def test_drawings_and_colours_exist(demo):
    assert {era.palette for era in Era.objects.all()} <= {*PALETTES, ""}
    assert {kind.scene for kind in Kind.objects.all()} <= {*scene_files.names(), ""}
    covers = dict(Site.objects.exclude(cover="").values_list("uid", "cover"))
    assert covers == read_covers(FIXTURES / "records")


def test_every_fact_of_every_site_is_as_in_the_table(demo):
    rows = henan_table.rows(FACTS)
    sites = Site.objects.filter(uid__in=HENAN)
    found = {site.name["zh-hans"]: henan_table.told(site) for site in sites}
    assert found.keys() == {row["name_zh"] for row in rows} and len(rows) == 60
    differences = {
        (row["name_en"], column): value
        for row in rows
        for column, value in found[row["name_zh"]].items()
        if value != row[column]
    }
    reviewed = henan_table.REVIEWED.items()
    assert differences == {key: value for key, (value, _reason) in reviewed}


def test_every_era_that_the_table_names_stands_in_an_event(demo):
    eras = Eras.of(Index.of(path for path in PATHS if path.name == "eras.json"))
    sites = {site.name["zh-hans"]: site for site in Site.objects.filter(uid__in=HENAN)}
    for fact in read_facts(FACTS, eras):
        events = sites[fact.name_zh].events.select_related("first_era", "last_era")
        told = {era for e in events for era in (e.first_era, e.last_era) if era}
        # A narrower era says the broader one too.
        told = {step.uid for era in told for step in (*era.ancestors(), era)}
        named = {era for span in fact.spans for end in span for era in end.all}
        assert named <= told, f"{fact.name_en}: {named - told}"


def test_the_fixture_is_what_the_command_makes_of_the_tables(capsys):
    make_henan.main([f"--facts={FACTS}", f"--units={UNITS_TABLE}", "--check"])
    assert capsys.readouterr().out.endswith("The file is what the tables say.\n")


def test_seals_name_an_era_in_east_asia_and_elsewhere_only_criteria(demo):
    countries = {
        str(place.label.best("zh-hans")) for place in Place.objects.filter(level="country")
    }
    eras, criteria = set(), set()
    for site in covers.with_covers().iterator(chunk_size=500):
        seal = getattr(covers.drawing_of(site), "seal", "")
        if not seal:
            continue
        code = covers.country_code(site.place)
        assert seal not in countries and seal != code, site.uid
        if set(seal) <= set("ivx "):
            criteria.add(code)
        else:
            assert not re.search("[A-Za-z]", seal) and code in {"CN", "JP", "KR", "KP"}, site.uid
            eras.add(code)
    assert {"CN", "JP"} <= eras and {"IT", "IN", "EG"} <= criteria


def test_no_grid_shows_a_scene_more_than_three_times(demo):
    rng = random.Random(29)
    index = current_index()
    terms = {
        name: [term.slug for term in tree.terms.values() if index.having(name, term)]
        for name, tree in (
            ("kind", index.vocabulary.kinds), ("era", index.vocabulary.eras),
            ("place", index.vocabulary.places),
        )
    }  # fmt: skip
    asked = [{name: slug} for name, slugs in terms.items() for slug in rng.sample(slugs, 60)]
    for _number in range(200):
        names = rng.sample(sorted(terms), 2)
        asked.append({name: rng.choice(terms[name]) for name in names})
    asked += [{"place": "henan", "kind": slug} for slug in ("pagoda", "ancient-city-ruin", "tomb")]
    seen, spared = 0, 0
    for query in asked:
        filtered = SiteFilter(query)
        for start in (0, 24):
            ids = filtered.page("en", start, start + 24)
            shown = cards.rendered_cards(filtered.index, ids).values()
            drawn = [card for card in shown if card.picture.scene]
            kept = Counter(card.picture.scene for card in drawn if card.picture.src in card.html)
            assert max(kept.values(), default=0) <= 3, (query, start, kept)
            seen, spared = seen + kept.total(), spared + len(drawn) - kept.total()
    assert seen > 1000 and spared > 50


BORNE_OUT = {
    "bronze-vessels": "铜器",
    "chariot-pit": "车马坑",
    "earth-wall-moat": "壕",
    "furnace-han": "炉|冶炼",
    "kiln-wares": "瓷|三彩",
    "longshan-pottery": "龙山",
    "pagoda-zh-leaning": "倾",
    "pagoda-zh-niches": "佛",
    "painted-pottery": "仰韶",
    "round-houses-zh": "圆",
    "shaft-tomb": "墓",
    "stone-tools": "石器|石制品",
    "timber-hall-zh": "金代|元代",
    "walled-town-zh": "正方",
}


@pytest.mark.parametrize(("scene", "words"), BORNE_OUT.items())
def test_the_text_bears_out_what_a_scene_shows(demo, scene, words):
    found = Site.objects.filter(cover=scene, place__in=_places("henan"))
    assert found
    for site in found:
        assert re.search(words, site.summary["zh-hans"]), site.uid


def _places(slug):
    return Place.objects.subtree_ids([Place.objects.get(slug=slug).pk])
