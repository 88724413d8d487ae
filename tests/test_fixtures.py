"""The fixtures of the demo: loaded as a whole, sound, repeatable, and true where it matters."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from heritage.catalogue.checks import problems
from heritage.exchange.fixtures import load
from heritage.imaging.palettes import PALETTES
from heritage.imaging.silhouettes import SCENES
from heritage.models import Coverage, Designation, Era, Event, Kind, Site
from heritage.models.base import Record
from heritage.models.unesco import UnescoStatus, statuses
from heritage.values.years import to_historical

PATHS = sorted(path for folder in settings.FIXTURE_DIRS for path in Path(folder).glob("*.json"))
ROWS = [(path.name, row) for path in PATHS for row in json.loads(path.read_text(encoding="utf-8"))]
LANGUAGES = {"en", "zh-hans"}

# By hand, from the sources: the first event of each site, counted as people count (-1300 is
# 1300 BCE), and how sure it is.
BEGINNINGS = {
    "white-horse-temple": (68, "founded", "traditional"),
    "longmen-grottoes": (493, "begun", "approximate"),
    "shaolin-temple": (495, "founded", "approximate"),
    "shaolin-pagoda-forest": (791, "built", "certain"),
    "songyue-temple-pagoda": (523, "built", "approximate"),
    "dengfeng-observatory": (723, "built", "certain"),
    "yin-xu": (-1300, "capital", "approximate"),
    "po-pagoda": (974, "begun", "approximate"),
    "iron-pagoda": (1049, "built", "certain"),
    "luoyang-city-han-to-northern-wei": (25, "capital", "certain"),
    "hangu-pass-of-han": (-114, "built", "certain"),
    "erlitou-site": (-1750, "occupied", "approximate"),
    "dongjing-city-of-northern-song": (955, "built", "certain"),
}
# What stands: first and last era of the surviving fabric.
FABRIC = {
    "white-horse-temple": ("jin-1115-1234", "qing"),
    "longmen-grottoes": ("northern-wei", "tang"),
    "shaolin-temple": ("tang", "qing"),
    "shaolin-pagoda-forest": ("tang", "qing"),
    "songyue-temple-pagoda": ("northern-wei", None),
    "dengfeng-observatory": ("yuan", None),
    "yin-xu": ("late-shang", None),
    "po-pagoda": ("northern-song", None),
    "iron-pagoda": ("northern-song", None),
    "luoyang-city-han-to-northern-wei": ("eastern-han", "northern-wei"),
    "hangu-pass-of-han": ("western-han", None),
    "erlitou-site": ("xia", "shang"),
    "dongjing-city-of-northern-song": ("northern-song", None),
}
# Code of the national unit, its name, era and year as listed, and the sites that it covers.
UNITS = {
    "1-0037-4-004": ("龙门石窟", "北魏至唐", 1961, {"longmen-grottoes"}),
    "1-0061-3-014": ("嵩岳寺塔", "北魏", 1961, {"songyue-temple-pagoda"}),
    "1-0069-3-022": ("祐国寺塔", "北宋", 1961, {"iron-pagoda"}),
    "1-0092-3-045": ("白马寺", "金至清", 1961, {"white-horse-temple"}),
    "1-0097-3-050": ("观星台", "元", 1961, {"dengfeng-observatory"}),
    "1-0142-1-007": ("殷墟", "殷", 1961, {"yin-xu"}),
    "1-0153-1-018": ("汉魏洛阳故城", "东汉至北魏", 1961, {"luoyang-city-han-to-northern-wei"}),
    "3-0197-1-017": ("二里头遗址", "夏商", 1988, {"erlitou-site"}),
    "3-0218-1-038": (
        "北宋东京城遗址", "北宋", 1988, {"dongjing-city-of-northern-song", "po-pagoda"},
    ),
    "4-0089-3-011": ("初祖庵及少林寺塔林", "唐至清", 1996, {"shaolin-pagoda-forest"}),
    "7-0324-1-324": ("新安函谷关", "西汉", 2013, {"hangu-pass-of-han"}),
    "7-1162-3-460": ("少林寺", "唐至清", 2013, {"shaolin-temple"}),
}  # fmt: skip
BATCHES = {1: 1961, 2: 1982, 3: 1988, 4: 1996, 5: 2001, 6: 2006, 7: 2013, 8: 2019}
# Year of inscription and criteria.
PROPERTIES = {
    "1003": (2000, {"i", "ii", "iii"}),
    "1114": (2006, {"ii", "iii", "iv", "vi"}),
    "1305": (2010, {"iii", "vi"}),
    "1442": (2014, {"ii", "iii", "v", "vi"}),
}
STATUS = dict.fromkeys(BEGINNINGS, UnescoStatus.NONE) | {
    "longmen-grottoes": UnescoStatus.INSCRIBED,
    "yin-xu": UnescoStatus.INSCRIBED,
    "shaolin-temple": UnescoStatus.PART,
    "shaolin-pagoda-forest": UnescoStatus.PART,
    "songyue-temple-pagoda": UnescoStatus.PART,
    "dengfeng-observatory": UnescoStatus.PART,
    "luoyang-city-han-to-northern-wei": UnescoStatus.PART,
    "hangu-pass-of-han": UnescoStatus.PART,
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


@pytest.fixture
def loaded(db):
    return load(PATHS)


# --- the files -------------------------------------------------------------------------------


def test_no_row_carries_a_primary_key_or_a_derived_column():
    for file, row in ROWS:
        assert row.keys() == {"model", "fields"}, f"{file}: {row['fields'].get('uid')}"
        model = apps.get_model(row["model"])
        for column in row["fields"]:
            assert model._meta.get_field(column).serialize, f"{file}: {column} is derived"


def test_files_are_written_in_one_way():
    for path in PATHS:
        text = path.read_text(encoding="utf-8")
        again = json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
        assert text == again, path.name


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
    lacking = [
        f"{file}: {row['fields']['uid']}: {column}"
        for file, row in ROWS
        if row["model"] not in alone
        for column, value in row["fields"].items()
        if isinstance(value, dict)
        and column not in ("short_label",)
        and not value.keys() >= LANGUAGES
    ]
    assert not lacking


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


def test_loading_twice_changes_nothing(loaded):
    before = _dump()
    again = load(PATHS)
    assert loaded.created == len(ROWS)
    assert (again.created, again.updated, again.unchanged) == (0, 0, len(ROWS))
    assert not again.kept
    assert _dump() == before


def test_what_is_stored_is_sound(loaded):
    assert [str(problem) for problem in problems()] == []


def test_every_site_is_published_and_told_in_both_languages(loaded):
    sites = Site.objects.published()
    assert {site.slug for site in sites} == set(BEGINNINGS)
    for site in sites:
        assert site.uid == site.slug
        assert site.name.keys() >= LANGUAGES and site.summary.keys() >= LANGUAGES, site.slug
        assert site.place_id and site.latitude and site.point_source_id, site.slug
    featured = Site.objects.filter(featured__isnull=False).order_by("featured")
    assert [site.featured for site in featured] == [1, 2, 3, 4, 5, 6]
    assert [site.slug for site in featured[:2]] == ["longmen-grottoes", "white-horse-temple"]


def test_recalled_points_are_called_approximate(loaded):
    recalled = Site.objects.filter(point_source__kind="recalled")
    assert {(site.precision, site.accuracy_m) for site in recalled} == {("approximate", 3000)}


def test_years_of_beginning(loaded):
    found = {}
    for slug in BEGINNINGS:
        first = Event.objects.filter(site__slug=slug, kind__in=_beginnings()).order_by(
            "first_year"
        )[0]
        assert first.site.first_year == first.first_year
        found[slug] = (to_historical(first.first_year), first.kind, first.certainty)
        # What is approximate says so in its date too, what is traditional does not.
        assert first.parsed.approximate == (first.certainty == "approximate"), slug
    assert found == BEGINNINGS


def _beginnings():
    return [kind for kind, role in Event.ROLES.items() if role == Event.Role.BEGINNINGS]


def test_what_stands_is_told_apart_from_the_beginning(loaded):
    found = {
        event.site.slug: (
            event.first_era.slug,
            event.last_era.slug if event.last_era else None,
        )
        for event in Event.objects.filter(kind="fabric").select_related("first_era", "last_era")
    }
    assert found == FABRIC


def test_national_units(loaded):
    entries = Designation.objects.filter(scheme__slug="cn-national")
    found = {
        entry.reference: (
            entry.name["zh-hans"],
            entry.era_text,
            entry.listed_year,
            set(entry.coverages.values_list("site__slug", flat=True)),
        )
        for entry in entries
    }
    assert found == UNITS
    for entry in entries:
        assert entry.uid == f"cn-national-{entry.reference}"
        assert entry.reference.startswith(f"{entry.batch}-")
        assert entry.listed_year == BATCHES[entry.batch]
        # The third part of a code is the category.
        assert entry.category.order == int(entry.reference.split("-")[2])


def test_world_heritage(loaded):
    found = {
        entry.reference: (
            entry.listed_year,
            set(entry.world_heritage.criteria.values_list("code", flat=True)),
        )
        for entry in Designation.objects.filter(scheme__role="world_heritage")
    }
    assert found == PROPERTIES
    of_site = {
        site.slug: statuses(site.coverages.select_related("designation__scheme"))[0]
        for site in Site.objects.all()
    }
    assert of_site == STATUS


def test_nothing_is_invented_that_no_source_gives(loaded):
    assert not Coverage.objects.exclude(component_reference="")
    rated = Designation.objects.filter(scheme__role="rating")
    assert rated.count() == 3
    assert set(rated.values_list("listed_year", flat=True)) == {None}


def test_eras_keep_their_years(loaded):
    found = {}
    for slug in ERAS:
        era = Era.objects.get(slug=slug)
        years = (era.first_year, era.last_year)
        found[slug] = tuple(None if year is None else to_historical(year) for year in years)
    assert found == ERAS
    assert Era.objects.count() == 71
    # 晋 and 金 are both “Jin” in English: every short label stands for one era.
    for language in LANGUAGES:
        shorts = [era.short_label.get(language) or era.label[language] for era in Era.objects.all()]
        assert len(set(shorts)) == len(shorts)


def test_drawings_and_colours_exist(loaded):
    assert {era.palette for era in Era.objects.all()} <= set(PALETTES)
    assert {kind.silhouette for kind in Kind.objects.all()} <= set(SCENES)
