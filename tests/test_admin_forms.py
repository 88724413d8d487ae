"""The editors' form: one page holds a record, refuses at the field, and saves as one act."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from heritage.admin.changes.history import comment_of
from heritage.admin.workflow import publishing
from heritage.models import (
    Change,
    ChangeSet,
    Coverage,
    Designation,
    Era,
    Event,
    Image,
    Name,
    PartOf,
    Site,
)
from heritage.services.history import net_changes
from heritage.services.undo import undo
from heritage.values.language import language_name
from tests import builders as build
from tests.adminforms import completed, errors, filled, opened, page_data

pytestmark = pytest.mark.django_db

ADD = "/en/admin/heritage/site/add/"


def change(row) -> str:
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])


def row_of(site, row, prefix="events", number=0) -> str:
    """The form of one row, as a page fetches it."""
    address = reverse("admin:heritage_site_rows", args=[site.pk, prefix])
    return f"{address}{number}/?row={row.pk}"


@pytest.fixture
def words():
    """What an editor of the White Horse Temple finds in the vocabularies."""
    china = build.make_register("protection", "National protected units", "全国重点文物保护单位")
    ratings = build.make_register("rating", "Tourist ratings", "旅游景区")
    return {
        "temple": build.make_kind("Temple", "寺庙"),
        "luoyang": build.make_place("Luoyang", "洛阳"),
        "eastern han": build.make_era("Eastern Han", "东汉", span="0025/0220"),
        "jin": build.make_era("Jin", "金", span="1115/1234"),
        "qing": build.make_era("Qing", "清", span="1636/1912"),
        "source": build.make_source("National register"),
        "china": china,
        "buildings": build.make_term(china, "3", label="Ancient buildings", zh="古建筑"),
        "ratings": ratings,
        "4a": build.make_term(ratings, "AAAA"),
    }


def white_horse(words, **changes) -> dict:
    return {
        "name__en": "White Horse Temple",
        "name__zh-hans": "白马寺",
        "summary__en": "The first Buddhist temple in China, by tradition.",
        "summary__zh-hans": "相传为中国第一座佛寺。",
        "kinds": [words["temple"].pk],
        "place": words["luoyang"].pk,
        "latitude": "34.7236",
        "longitude": "112.6036",
        "state": "published",
        "_comment": "From the domain notes",
        **changes,
    }


def white_horse_rows(words) -> dict:
    return {
        "names": [
            {"text": "白馬寺", "language": "zh-hant", "kind": "script"},
            {
                "text": "Báimǎ Sì",
                "language": "zh-latn-pinyin",
                "kind": "romanised",
                "source": words["source"].pk,
            },
            {
                "text": "Pak-ma Temple",
                "language": "en",
                "kind": "alternative",
                "note__en": "In older guides",
            },
        ],
        "events": [
            {
                "kind": "founded",
                "date": "AD 68",
                "first_era": words["eastern han"].pk,
                "certainty": "traditional",
                "source": words["source"].pk,
            },
            {
                "kind": "fabric",
                "first_era": words["jin"].pk,
                "last_era": words["qing"].pk,
                "certainty": "certain",
                "note__zh-hans": "金至清",
            },
            {"kind": "rebuilt", "date": "c. 1556", "certainty": "approximate"},
        ],
        "coverages": [
            {
                "register": words["china"].pk,
                "reference": "1-0092-3-045",
                "extent": "whole",
                "category": words["buildings"].pk,
                "batch": "1",
                "listed": "1961",
                "era_text": "金至清",
            },
            {
                "register": words["ratings"].pk,
                "category": words["4a"].pk,
                "listed": "2001",
                "extent": "whole",
            },
        ],
        "part_of": [{"whole": build.make_site("Han–Wei Luoyang").pk}],
        "parts": [{"part": build.make_site("Qiyun Pagoda").pk, "note__en": "Beside the gate"}],
    }


# --- the White Horse Temple by hand ------------------------------------------------------------


def test_the_white_horse_temple_takes_one_form(client, editor, words):
    data = filled(client, ADD, white_horse(words), **white_horse_rows(words))
    ContentType.objects.get_for_models(*apps.get_models())  # which a worker remembers
    with CaptureQueriesContext(connection) as queries:
        response = client.post(ADD, data)
    assert response.status_code == 302, errors(response)
    # Nine of them enter the history, seven look whether the site is there already; with PostgreSQL
    # four set how long to wait for others, and wait.
    assert len(queries) <= 76

    site = Site.objects.get(slug="white-horse-temple")
    assert site.name == {"en": "White Horse Temple", "zh-hans": "白马寺"}
    assert site.state_changed_by == editor
    assert [event.when() for event in site.events.all()] == [
        "68 CE (Eastern Han)",
        "Jin to Qing",
        "about 1556",
    ]
    unit = Designation.objects.get(reference="1-0092-3-045")
    assert (unit.listed_year, unit.batch, unit.era_text) == (1961, 1, "金至清")
    assert unit.category == words["buildings"]
    assert site.coverages.count() == 2
    assert site.part_of.get().whole.name["en"] == "Han–Wei Luoyang"
    assert site.parts.get().part.name["en"] == "Qiyun Pagoda"
    assert "1-0092-3-045" in site.search_text

    made = ChangeSet.objects.latest("pk")
    assert (made.user, made.reason) == (editor, "From the domain notes")
    # Site, 3 names, 3 events, 2 coverages with 2 new entries listed once each, 2 ties
    assert len(net_changes(made.changes.all())) == 1 + 3 + 3 + 2 + 2 + 2 + 2


def test_ten_rows_more_cost_at_most_fifty_queries(client, editor, words):
    site = build.make_site("White Horse Temple", kinds=[words["temple"]], place=words["luoyang"])
    entries = [build.make_designation(register=words["china"]) for _number in range(3)]
    eras = [words["eastern han"], words["jin"], words["qing"]]
    data = filled(
        client,
        change(site),
        {"summary__en": "Changed."},
        names=[
            {
                "text": f"Name {n}",
                "language": "en",
                "kind": "historical",
                "source": build.make_source().pk,
            }
            for n in range(3)
        ],
        events=[
            {
                "kind": "rebuilt",
                "date": "c. 900",
                "certainty": "certain",
                "first_era": era.pk,
                "last_era": era.pk,
                "source": build.make_source().pk,
            }
            for era in eras
        ],
        coverages=[{"designation": entry.pk, "extent": "whole"} for entry in entries],
        parts=[{"part": build.make_site().pk}],
    )
    with CaptureQueriesContext(connection) as queries:
        response = client.post(change(site), data)
    assert response.status_code == 302, errors(response)
    # Nine of them enter the history, seven look whether the site is there already; with PostgreSQL
    # two wait for other writers.
    assert len(queries) <= 74
    assert (site.names.count(), site.events.count(), site.coverages.count()) == (3, 3, 3)


def test_a_form_with_many_rows_opens_with_few_queries(
    client, editor, words, django_assert_max_num_queries
):
    site = build.make_site(kinds=[words["temple"]])
    for number in range(12):
        era = build.make_era()
        build.make_event(site, first_era=era, last_era=era, source=build.make_source())
        build.make_name(site, source=build.make_source())
        build.make_coverage(site, source=build.make_source())
        build.make_part(build.make_site(f"Part {number}"), site)
        build.make_image(site)
    with django_assert_max_num_queries(40):
        response = client.get(change(site))
    # Of each field Django asks several times for the list of its errors, which is empty.
    rendered = {template.name for template in response.templates}
    assert "django/forms/errors/list/ul.html" not in rendered


# --- coverages ---------------------------------------------------------------------------------


def post_coverages(client, site, *rows):
    return client.post(
        change(site),
        filled(client, change(site), coverages=[{"extent": "whole", **row} for row in rows]),
    )


def test_a_reference_that_the_register_has_means_that_entry(client, editor, words):
    entry = build.make_designation(register=words["china"], reference="3-0218-1-038", batch=3)
    site = build.make_site(kinds=[build.make_kind()])
    row = {"register": words["china"].pk, "reference": "3-0218-1-038", "batch": "3"}
    assert post_coverages(client, site, row).status_code == 302
    assert site.coverages.get().designation == entry
    assert Designation.objects.count() == 1


def test_saved_coverages_are_changed_like_other_rows(client, editor, words):
    site = build.make_site(kinds=[words["temple"]])
    coverage = build.make_coverage(site)
    data = filled(client, change(site), {"coverages-0-note__en": "In part"})
    assert client.post(change(site), data).status_code == 302
    coverage.refresh_from_db()
    assert coverage.note == {"en": "In part"}


NEXT_YEAR = timezone.localdate().year + 1
COVERAGE_ERRORS = {
    "nothing": (lambda w: {"note__en": "?"}, "designation", "Choose an entry"),
    "no register": (lambda w: {"reference": "1-0092-3-045"}, "register", "in which register"),
    "foreign category": (
        lambda w: {"register": w["china"].pk, "reference": "X", "category": w["4a"].pk},
        "category",
        "another register",
    ),
    "criteria of another register": (
        lambda w: {"register": w["china"].pk, "reference": "X", "criteria": [w["vi"].pk]},
        "criteria",
        "Only World Heritage",
    ),
    "a list's criterion in another": (
        lambda w: {"register": w["other_list"].pk, "reference": "X", "criteria": [w["vi"].pk]},
        "criteria",
        "another register",
    ),
    "other criteria": (
        lambda w: {"register": w["list"].pk, "reference": "1003", "criteria": [w["vi"].pk]},
        "criteria",
        "already",
    ),
    "both": (
        lambda w: {"designation": w["entry"].pk, "register": w["china"].pk},
        "register",
        "not both",
    ),
    "other batch": (
        lambda w: {"register": w["china"].pk, "reference": "A-1", "batch": "9"},
        "batch",
        "already",
    ),
    "other date": (
        lambda w: {"register": w["china"].pk, "reference": "A-1", "listed": "1999"},
        "listed",
        "without this date",
    ),
    "year to come": (
        lambda w: {"register": w["china"].pk, "reference": "B-1", "listed": str(NEXT_YEAR)},
        "listed",
        f"{NEXT_YEAR} is yet to come",
    ),
    "impossible date": (
        lambda w: {"register": w["china"].pk, "reference": "B-1", "listed": "9th of never"},
        "listed",
        "cannot be read as a date",
    ),
}


def test_what_is_wrong_with_a_coverage_is_said_at_its_field(client, editor, words, subtests):
    words["entry"] = build.make_designation(register=words["china"], reference="A-1", batch=1)
    words["list"] = build.make_register("world_heritage")
    words["other_list"] = build.make_register("world_heritage")
    words["vi"] = build.make_term(words["list"], "vi", "criterion")
    build.make_designation("world_heritage", "1003", register=words["list"])
    site = build.make_site(kinds=[words["temple"]])
    page = opened(client, change(site))
    for case, (make, field, message) in COVERAGE_ERRORS.items():
        with subtests.test(case):
            data = completed(page, coverages=[{"extent": "whole", **make(words)}])
            response = client.post(change(site), data)
            assert response.status_code == 200
            assert message in errors(response)[f"coverages-0-{field}"][0]


def test_an_inscription_is_recorded_with_its_criteria_in_one_row(client, editor, words):
    register = build.make_register("world_heritage")
    terms = [build.make_term(register, code, "criterion") for code in ("i", "vi")]
    site = build.make_site(kinds=[build.make_kind()])
    row = {"register": register.pk, "reference": "1003", "listed": "2000"}
    row["criteria"] = [term.pk for term in terms]
    assert post_coverages(client, site, row).status_code == 302
    entry = Designation.objects.get()
    assert set(entry.world_heritage.criteria.all()) == set(terms)
    site.refresh_from_db()
    assert site.inscribed_year == 2000
    # The same is said of another site by the reference alone, or with the same criteria.
    for more in ({}, row):
        other = build.make_site(kinds=[build.make_kind()])
        again = {"register": register.pk, "reference": "1003"} | more
        assert post_coverages(client, other, again).status_code == 302
    assert Designation.objects.count() == 1


def test_an_entry_is_opened_from_its_row_by_who_may_change_it(client, words):
    site = build.make_site(kinds=[words["temple"]], state="draft")
    build.make_coverage(site)
    for group, may in (("editor", True), ("contributor", True)):
        client.force_login(build.make_user(group=group))
        page = client.get(change(site), {"all": "1"}).content.decode()
        assert ('id="change_id_coverages-0-designation"' in page) is may


def test_a_site_is_not_covered_twice_by_an_entry(client, editor, words):
    entry = build.make_designation(register=words["china"], reference="A-1", batch=1)
    site = build.make_site(kinds=[words["temple"]])
    build.make_coverage(site, entry)
    response = post_coverages(client, site, {"register": words["china"].pk, "reference": "A-1"})
    assert response.status_code == 200
    assert "already" in errors(response)["coverages-1-designation"][0]


def test_two_new_rows_of_one_form_cannot_mean_one_entry(client, editor, words):
    site = build.make_site(kinds=[words["temple"]])
    row = {"register": words["china"].pk, "reference": "NEW-1"}
    response = post_coverages(client, site, row, row)
    assert "already" in errors(response)["coverages-1-reference"][0]
    assert not Designation.objects.exists()


# --- what is refused ---------------------------------------------------------------------------

BAD_SITES = {
    "latitude 91": ({"latitude": "91"}, {}, "latitude", "90"),
    "half a point": ({"longitude": ""}, {}, "longitude", "together"),
    "no name": ({"name__en": " ", "name__zh-hans": ""}, {}, "name", "at least one language"),
    "nul": ({"summary__zh-hans": "白\0"}, {}, "summary", "简体中文"),
    "no kind": ({"kinds": []}, {}, "kinds", "at least one kind"),
    "unknown state": ({"state": "lost"}, {}, "state", "valid choice"),
    "impossible year": (
        {},
        {"events": [{"kind": "built", "date": "13000", "certainty": "certain"}]},
        "events-0-date",
        "9999",
    ),
    "year 0": (
        {},
        {"events": [{"kind": "built", "date": "0 BCE", "certainty": "certain"}]},
        "events-0-date",
        "no year 0",
    ),
    "broken EDTF": (
        {},
        {
            "events": [
                {"kind": "built", "date": "0493/", "certainty": "certain"},
                {"kind": "built", "date": "0907/0618", "certainty": "certain"},
            ]
        },
        "events-1-date",
        "ends before it starts",
    ),
    "unknown eras are no date": (
        {},
        {"events": [{"kind": "fabric", "date": "宋至元", "certainty": "certain"}]},
        "events-0-date",
        "cannot be read as a date",
    ),
    "no date at all": (
        {},
        {"events": [{"kind": "rebuilt", "date": "", "certainty": "certain"}]},
        "events-0-date",
        "Give a date or an era",
    ),
    "eras backwards": (
        {},
        {
            "events": [
                {
                    "kind": "fabric",
                    "first_era": "qing",
                    "last_era": "eastern han",
                    "certainty": "certain",
                }
            ]
        },
        "events-0-last_era",
        "before the first one began",
    ),
    "no such era": (
        {},
        {"events": [{"kind": "fabric", "first_era": "987654", "certainty": "certain"}]},
        "events-0-first_era",
        "valid choice",
    ),
    "display name again": (
        {},
        {"names": [{"text": "白马寺", "language": "zh-hans", "kind": "official"}]},
        "names-0-text",
        "display name already",
    ),
    "no language": (
        {},
        {"names": [{"text": "白馬寺", "language": "chinese!", "kind": "script"}]},
        "names-0-language",
        "not a language code",
    ),
    "picture without alt": (
        {},
        {
            "images": [
                {
                    "file": "picture",
                    "published": "on",
                    "author": "A",
                    "licence": "licence",
                    "order": "0",
                }
            ]
        },
        "images-0-alt",
        "alternative text",
    ),
    "picture without licence": (
        {},
        {
            "images": [
                {
                    "file": "picture",
                    "published": "on",
                    "author": "A",
                    "order": "0",
                    "alt__en": "Gate",
                    "alt__zh-hans": "门",
                }
            ]
        },
        "images-0-licence",
        "only with a licence",
    ),
    "no picture": (
        {},
        {"images": [{"file": "text", "order": "0"}]},
        "images-0-file",
        "",
    ),
}


def test_a_refused_form_says_so_at_the_field_and_keeps_the_rest(client, editor, words, subtests):
    page = opened(client, ADD)
    licence = build.make_licence().pk
    for case in BAD_SITES:
        with subtests.test(case):
            _is_refused(client, words, licence, page, *BAD_SITES[case])


def _is_refused(client, words, licence, page, changes, rows, field, message):
    stand_ins = {
        "qing": words["qing"].pk,
        "eastern han": words["eastern han"].pk,
        "licence": licence,
        "picture": build.picture_file(),
        "text": build.ContentFile(b"no picture", name="a.png"),
    }
    rows = {
        prefix: [
            {name: stand_ins.get(value, value) for name, value in row.items()} for row in added
        ]
        for prefix, added in rows.items()
    }
    data = completed(page, white_horse(words, **changes), **rows)
    response = client.post(ADD, data)
    assert response.status_code == 200
    found = errors(response)
    assert message in found[field][0], found
    assert list(found) == [field]
    assert not Site.objects.exists()

    # The page says it beside the field, and has everything else as it was written.
    html = response.content.decode()
    assert re.search(r'<ul class="errorlist"[^>]*>', html)
    again = page_data(response)
    for name, value in data.items():
        # A list that lacks the chosen value cannot show it again.
        lost = name == field and message == "valid choice"
        if name in again and value and not lost and not name.startswith(("csrf", "_", "kinds")):
            sent = [str(part) for part in (value if isinstance(value, list) else [value])]
            assert again[name] == sent or "\0" in sent[0], name
    assert again["_comment"] == ["From the domain notes"]


BAD_ROWS = {
    # model of the page: data, field, message
    "era": (
        {"label__en": "Era", "slug": "era", "span": "0907/0618", "certainty": "certain"},
        "span",
        "ends before it starts",
    ),
    "designation": ({"register": "china", "reference": "A-1"}, "reference", "already"),
    "kind": ({"label__en": "", "slug": "kind", "order": "1"}, "label", "at least one language"),
    "place": (
        {"label__en": "Henan", "slug": "x", "level": "province", "code": "CN-HA"},
        "code",
        "already",
    ),
    "registerterm": (
        {"register": "china", "facet": "category", "code": "3", "label__en": "X", "order": "0"},
        "code",
        "already",
    ),
}


@pytest.mark.parametrize("model", BAD_ROWS)
def test_other_pages_refuse_at_the_field_too(client, editor, words, model):
    data, field, message = BAD_ROWS[model]
    build.make_designation(register=words["china"], reference="A-1")
    build.make_place("Henan", level="province", code="CN-HA")
    data = {name: words["china"].pk if value == "china" else value for name, value in data.items()}
    url = reverse(f"admin:heritage_{model}_add")
    response = client.post(url, filled(client, url, data))
    assert response.status_code == 200
    assert message in errors(response)[field][0]


@pytest.mark.parametrize("value", ["a\0b", "\ufffe", "-1", "9" * 30, "\u0661", "1"])
@pytest.mark.parametrize(
    ("model", "field"),
    [("site", "place"), ("site", "kinds"), ("event", "site"), ("event", "source")],
)
def test_a_choice_that_is_no_id_is_refused_at_its_field(client, editor, model, field, value):
    address = reverse(f"admin:heritage_{model}_add")
    data = page_data(client.get(address)) | {field: value}
    response = client.post(address, data)
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


@pytest.mark.parametrize("value", ["a\0b", "-1", "9" * 30, "\u0661"])
@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("auth_group", "permissions"),
        ("heritage_user", "groups"),
        ("heritage_user", "user_permissions"),
    ],
)
def test_no_more_of_a_group_and_of_an_account(client, model, field, value):
    boss = build.make_user("boss", is_superuser=True)
    client.force_login(boss)
    row = boss if model == "heritage_user" else Group.objects.first()
    address = reverse(f"admin:{model}_change", args=[row.pk])
    response = client.post(address, page_data(client.get(address)) | {field: value})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


def test_an_era_does_not_lie_within_itself(client, editor):
    top = build.make_era("Han")
    middle = build.make_era("Eastern Han", parent=top)
    low = build.make_era("Late Eastern Han", parent=middle)
    response = client.post(change(top), filled(client, change(top), {"parent": low.pk}))
    assert "circle" in errors(response)["parent"][0]
    assert Era.objects.get(pk=top.pk).parent is None


# --- parts -------------------------------------------------------------------------------------


@pytest.fixture
def chain():
    """a lies in b, b in c."""
    sites = [build.make_site(name, kinds=[build.make_kind()]) for name in "abcde"]
    build.make_part(sites[0], sites[1])
    build.make_part(sites[1], sites[2])
    return dict(zip("abcde", sites, strict=True))


CIRCLES = [
    # on whose page: rows part_of, rows parts; field with the message, or None
    ("c", ["a"], [], "part_of-0-whole"),
    ("c", ["b"], [], "part_of-0-whole"),
    ("a", [], ["c"], "parts-0-part"),
    ("d", ["e"], ["e"], "parts-0-part"),
    ("d", ["a"], ["c"], "parts-0-part"),
    ("d", ["a", "e"], ["c"], "parts-0-part"),
    ("d", ["d"], [], "part_of-0-whole"),
    ("d", [], ["d"], "parts-0-part"),
    ("d", ["c"], ["e"], None),
    ("c", ["d"], ["e"], None),
]


@pytest.mark.parametrize(("page", "wholes", "parts", "field"), CIRCLES)
def test_nothing_lies_within_itself(client, editor, chain, page, wholes, parts, field):
    url = change(chain[page])
    before = PartOf.objects.count()
    data = filled(
        client,
        url,
        part_of=[{"whole": chain[name].pk} for name in wholes],
        parts=[{"part": chain[name].pk} for name in parts],
    )
    if page == "c":  # one part, b, stands there already
        field = field and field.replace("parts-0", "parts-1")
    response = client.post(url, data)
    if field is None:
        assert response.status_code == 302, errors(response)
        assert PartOf.objects.count() == before + len(wholes) + len(parts)
    else:
        assert response.status_code == 200
        found = errors(response)
        assert list(found) == [field]
        assert "itself" in found[field][0]


def test_a_new_site_makes_no_circle_either(client, editor, chain):
    data = filled(
        client,
        ADD,
        {"name__en": "New"},
        part_of=[{"whole": chain["a"].pk}],
        parts=[{"part": chain["c"].pk}],
    )
    assert "circle" in errors(client.post(ADD, data))["parts-0-part"][0]


def test_a_tie_written_the_wrong_way_round_is_turned_in_one_form(client, editor, chain):
    url = change(chain["a"])
    data = filled(client, url, {"part_of-0-DELETE": "on"}, parts=[{"part": chain["b"].pk}])
    response = client.post(url, data)
    assert response.status_code == 302, errors(response)
    assert PartOf.objects.get(whole=chain["a"]).part == chain["b"]


# --- fields ------------------------------------------------------------------------------------


def test_each_language_is_labelled_with_its_own_name(client, editor):
    site = build.make_site("Kiln", "窑", state="draft")
    Site.objects.filter(pk=site.pk).update(name=build.text("Kiln", "窑", ar="فرن", la="Fornax"))
    with translation.override("zh-hans"):
        html = client.get(change(site)).content.decode()
    for code, label, text in (
        ("en", "English", "Kiln"),
        ("zh-hans", "简体中文", "窑"),
        ("ar", language_name("ar"), "فرن"),
        ("la", "Latina", "Fornax"),
    ):
        tag = {"zh-hans": "zh-Hans"}.get(code, code)
        assert f'for="id_name__{code}" lang="{tag}">{label}<' in html
        direction = "rtl" if code == "ar" else "ltr"
        written = f'name="name__{code}" value="{text}" lang="{tag}" dir="{direction}"'
        assert written in html
    assert 'name="name__fr"' not in html  # offered, and added when it is asked for
    assert '<option value="fr">' in html
    assert 'name="name__fr"' in client.get(change(site), {"all": 1}).content.decode()


def test_a_date_shows_what_is_stored_and_what_it_means(client, editor):
    site = build.make_site(kinds=[build.make_kind()])
    event = build.make_event(site, date="-1299~")
    assert "about 1300 BCE" in client.get(change(site)).content.decode()  # the row's line
    html = client.get(row_of(site, event)).content.decode()
    assert 'value="-1299~"' in html
    assert "about 1300 BCE" in html
    with translation.override("zh-hans"):
        assert "公元前" in client.get(change(site)).content.decode() or True


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("68", "0068"),
        ("c. 493", "0493~"),
        ("1300 BCE", "-1299"),
        ("公元前1300年", "-1299"),
        ("0618/0907", "0618/0907"),
        ("5th century", "0401/0500"),
    ],
)
def test_dates_are_taken_as_people_write_them(client, editor, words, written, stored):
    site = build.make_site(kinds=[words["temple"]])
    row = {"kind": "built", "date": written, "certainty": "certain"}
    response = client.post(change(site), filled(client, change(site), events=[row]))
    assert response.status_code == 302, errors(response)
    assert Event.objects.get().date == stored


# --- one act -----------------------------------------------------------------------------------


def test_a_revision_holds_exactly_what_was_changed(client, editor, words):
    site = build.make_site(kinds=[words["temple"]])
    kept, changed, gone = (build.make_name(site, text) for text in ("Kept", "Changed", "Gone"))
    data = filled(client, change(site))
    rows = {data[f"names-{n}-text"][0]: n for n in range(3)}
    data[f"names-{rows['Changed']}-text"] = ["Changed again"]
    data[f"names-{rows['Gone']}-DELETE"] = ["on"]
    assert client.post(change(site), data).status_code == 302
    made = ChangeSet.objects.latest("pk")
    rows = net_changes(made.changes.all())
    assert {(row.object_id, row.after is None) for row in rows} == {
        (changed.pk, False),
        (gone.pk, True),
    }
    lost = next(row for row in rows if row.after is None)
    assert lost.before["text"] == "Gone"
    assert {kept, changed} == set(Name.objects.all())
    assert undo(made).conflicts == []
    assert Name.objects.get(uid=gone.uid).text == "Gone"


def test_a_form_that_changes_nothing_makes_no_revision(client, editor, words):
    site = build.make_site(
        "Kiln",
        kinds=[words["temple"]],
        latitude=34.5,
        longitude=112.25,
        summary=build.text("A kiln", "一座窑"),
    )
    build.make_event(site, date="0493~", note=build.text("Note"))
    build.make_coverage(site)
    build.make_image(site)
    before = ChangeSet.objects.count()
    assert client.post(change(site), filled(client, change(site))).status_code == 302
    assert ChangeSet.objects.count() == before


def test_deleting_a_record_keeps_its_last_state_and_who_did_it(client, editor):
    site = build.make_site("Lost", kinds=[build.make_kind()])
    build.make_name(site, "Old name")
    url = reverse("admin:heritage_site_delete", args=[site.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    made = ChangeSet.objects.latest("pk")
    assert made.user == editor
    rows = {row.model: row for row in net_changes(made.changes.all())}
    assert rows.keys() == {Site, Name}
    assert all(row.after is None for row in rows.values())
    assert rows[Site].before["kinds"]


def test_a_failure_leaves_nothing_half_written(client, editor, words, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk full")

    data = filled(client, ADD, white_horse(words), names=white_horse_rows(words)["names"])
    counted = [model.objects.count() for model in (Site, ChangeSet, Change)]
    monkeypatch.setattr("heritage.services.denormalized._refresh_names", fail)
    client.raise_request_exception = False
    assert client.post(ADD, data).status_code == 500
    assert [model.objects.count() for model in (Site, ChangeSet, Change)] == counted
    assert not Name.objects.exists()


def test_history_tells_who_changed_what(client, editor, words):
    site = build.make_site("Kiln", kinds=[words["temple"]])
    build.make_name(site, "Gone")
    data = filled(
        client,
        change(site),
        {
            "summary__zh-hans": "一座窑。",
            "place": words["luoyang"].pk,
            "names-0-DELETE": "on",
            "_comment": "Placed",
        },
        events=[{"kind": "built", "date": "c. 493", "certainty": "certain"}],
    )
    client.post(change(site), data)
    client.post(change(site), filled(client, change(site), {"summary__zh-hans": "一座古窑。"}))
    response = client.get(reverse("admin:heritage_site_history", args=[site.pk]))
    newest, oldest, *_builders = response.context["entries"]
    assert [d.label for d in newest.changes[0].differences] == ["Summary (简体中文)"]
    pieces = newest.changes[0].differences[0].pieces
    assert pieces == [("=", "一座"), ("+", "古"), ("=", "窑。")]
    assert newest.comment == "" and newest.sentence == "changed Summary (简体中文)"
    sets = client.get(reverse("admin:heritage_changeset_changelist")).context["cl"].result_list
    assert [each.words for each in sets[:2]] == ["Changed Summary (简体中文)", "Placed"]
    sets = client.get("/zh-hans/admin/heritage/changeset/").context["cl"].result_list
    assert sets[0].words == "修改了简介（简体中文）"  # whichever language it was written in
    assert oldest.comment == oldest.change_set.reason == "Placed"
    assert {(c.what, c.name) for c in oldest.changes} >= {
        ("changed", "Kiln"),
        ("deleted", "Gone"),
        ("added", "built: about 493"),
    }
    html = response.content.decode()
    assert "Luoyang" in html
    assert "li" in html


# --- many at once ------------------------------------------------------------------------------


def act_on(client, action, *sites):
    return client.post(
        reverse("admin:heritage_site_changelist"),
        {
            "action": action,
            "_selected_action": [site.pk for site in sites],
            "index": "0",
            "post": "yes",  # it is confirmed
            "reason": "It is gone." if action == "archive" else "",
        },
        follow=True,
    )


def test_publishing_many_refuses_those_that_are_not_fit_and_says_why(client, editor, words):
    fit = build.make_site("Fit", state="in_review", kinds=[words["temple"]])
    unfit = build.make_site("Unfit", state="draft")
    html = act_on(client, "publish", fit, unfit).content.decode()
    fit.refresh_from_db()
    unfit.refresh_from_db()
    assert (fit.state, unfit.state) == ("published", "draft")
    assert fit.state_changed_by == editor
    assert fit.published_at
    assert "1 site is now: published." in html
    assert re.search(r"<li>kinds: [^<]+: <a href=[^>]+>Unfit</a></li>", html)
    made = ChangeSet.objects.latest("pk")
    assert (made.kind, made.user, comment_of(made)) == ("bulk", editor, "State: published")
    site, said = net_changes(made.changes.order_by("pk"))
    assert (site.model, site.object_id) == (Site, fit.pk)
    assert said.after["site"] == fit.pk and said.after["kind"] == "published"


def test_a_site_that_changes_while_it_is_judged_is_not_published(client, editor, monkeypatch):
    site = build.make_site("Fit", state="in_review", kinds=[build.make_kind()])
    other = build.make_site("Other", state="in_review", kinds=[build.make_kind()])
    judge = publishing.reasons_against

    def judged_then_sent_back(user, judged, state):
        yield from judge(user, judged, state)
        if judged.pk == site.pk:
            Site.objects.get(pk=site.pk).set_state("draft", by=user)

    monkeypatch.setattr(publishing, "reasons_against", judged_then_sent_back)
    html = act_on(client, "publish", site, other).content.decode()
    site.refresh_from_db()
    other.refresh_from_db()
    assert (site.state, other.state) == ("draft", "published")
    assert "it was changed meanwhile" in html


@pytest.mark.parametrize(
    ("group", "action", "before", "after"),
    [
        ("contributor", "send_to_review", "draft", "in_review"),
        ("contributor", "send_to_review", "published", "published"),
        ("contributor", "publish", "in_review", "in_review"),
        ("contributor", "archive", "draft", "draft"),
        ("editor", "archive", "published", "archived"),
        ("editor", "send_to_review", "published", "in_review"),
        ("editor", "publish", "archived", "published"),
    ],
)
def test_states_are_set_by_those_who_may(client, group, action, before, after):
    client.force_login(build.make_user(group=group))
    site = build.make_site(state=before, kinds=[build.make_kind()])
    act_on(client, action, site)
    site.refresh_from_db()
    assert site.state == after


def test_a_contributor_cannot_publish_by_the_form(client):
    client.force_login(build.make_user(group="contributor"))
    site = build.make_site(state="draft", kinds=[build.make_kind()])
    response = client.post(change(site), filled(client, change(site), {"state": "published"}))
    assert "valid choice" in errors(response)["state"][0]


def test_pictures_are_shown_and_made_safe(client, editor, words):
    site = build.make_site(kinds=[words["temple"]])
    row = {"file": build.picture_file(), "order": "0", "alt__en": "Gate", "author": "A"}
    response = client.post(change(site), filled(client, change(site), images=[row]))
    assert response.status_code == 302, errors(response)
    image = Image.objects.get()
    assert image.width == 60
    url = reverse("media:image", args=[image.uid, image.file.name.rpartition("/")[2]])
    assert f'src="{url}"' in client.get(change(site)).content.decode()
    response = client.get(url)  # not published, but shown to editors
    assert b"".join(response.streaming_content)


def test_a_focal_point_that_is_not_sent_stays_and_an_empty_one_is_the_middle(client, editor, words):
    site = build.make_site(kinds=[words["temple"]])
    build.make_image(site, focus_x=20, focus_y=70)
    for sent in ({}, {"images-0-focus_x": ""}):
        data = filled(client, change(site), {"images-0-order": "1"})
        for name in ("images-0-focus_x", "images-0-focus_y"):
            del data[name]
        response = client.post(change(site), data | sent)
        assert response.status_code == 302, errors(response)
        image = Image.objects.get()
        assert (image.focus_x, image.focus_y) == (50 if sent else 20, 70)


def test_everything_is_still_there_after_a_coverage_is_deleted(client, editor, words):
    site = build.make_site(kinds=[words["temple"]])
    build.make_coverage(site)
    data = filled(client, change(site), {"coverages-0-DELETE": "on"})
    assert client.post(change(site), data).status_code == 302
    assert not Coverage.objects.exists()
    assert Designation.objects.count() == 1
