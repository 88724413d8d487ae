"""Each way of writing a row that the index holds, one by one: what is asked then is true."""

import copy
import json

import pytest
from django.http import QueryDict
from django.urls import reverse

from heritage.exchange import fixtures
from heritage.models import (
    Coverage,
    Designation,
    Event,
    Image,
    IndexChange,
    Kind,
    Notice,
    Opening,
    PartOf,
    Place,
    Price,
    Register,
    RegisterTerm,
    Site,
    VisitingFact,
)
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.search.filters import SiteFilter
from tests import builders as build
from tests.index_comparison import assert_as_rebuilt

pytestmark = pytest.mark.django_db


def found(query: str) -> set[str]:
    hits = SiteFilter(QueryDict(query)).hits
    return set(Site.objects.filter(pk__in=hits).values_list("slug", flat=True))


@pytest.fixture(scope="module")
def _made(made_once):
    return made_once(_make)


@pytest.fixture
def site(_made):
    """One site that all filters find, among others that none does."""
    assert found("kind=temple") == {"site"}  # so that the index is there to be patched
    return copy.deepcopy(_made)


@change_set("command", all_or_nothing=True)
def _make():
    for number in range(12):
        build.make_site(slug=f"other-{number}")
    whole = build.make_site(slug="whole")
    listed = build.make_register("world_heritage", slug="whl")
    site = build.make_site(
        slug="site",
        kinds=[build.make_kind(slug="temple", parent=build.make_kind(slug="religious"))],
        place=build.make_place(slug="luoyang", parent=build.make_place(slug="henan")),
        also_in=[build.make_place(slug="kaifeng")],
        summary=build.text("A temple", fr="Un temple"),
        latitude=34.7,
        longitude=112.6,
    )
    tang = build.make_era(slug="tang", parent=build.make_era(slug="middle-ages", span="0500/1500"))
    build.make_event(site, "founded", date="0068")
    build.make_event(site, "fabric", first_era=tang)
    entry = build.make_designation(
        register=listed,
        reference="1003",
        category=build.make_term(listed, "cultural"),
        criteria=[build.make_term(listed, "i", "criterion")],
        events=["2000"],
    )
    build.make_coverage(site, entry)
    national = build.make_register("protection", slug="national")
    build.make_coverage(site, build.make_designation(register=national, batch=1))
    rating = build.make_register("rating", slug="rating")
    grade = build.make_term(rating, "5A")
    build.make_coverage(site, build.make_designation(register=rating, category=grade))
    build.make_part(site, whole)
    build.make_image(site)
    build.make_opening(site)
    return site


def reverted(rows, **values):
    """An update that is made row by row."""
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def _bulk_update(model, name, value):
    rows = list(model.objects.filter(site__slug="site"))
    for row in rows:
        setattr(row, name, value)
    model.objects.bulk_update(rows, [name])


def _site():
    return Site.objects.get(slug="site")


def _save_site(**values):
    reverted([_site()], **values)


# What finds the site, a write after which it does not, and the name of the test.
LOSES = {
    "sites are saved": ("kind=temple", lambda: _save_site(state="draft")),
    "sites are updated": (
        "kind=temple",
        lambda: Site.objects.filter(slug="site").update(state="archived"),
    ),
    "sites are deleted": ("kind=temple", lambda: _site().delete()),
    "sites are deleted in bulk": (
        "kind=temple",
        lambda: Site.objects.filter(slug="site").delete(),
    ),
    "texts are saved": ("language=fr", lambda: _save_site(summary=build.text("A temple"))),
    "points are saved": ("near=34.7,112.6", lambda: _save_site(latitude=35.9)),
    "points are blurred": ("bbox=112.59,34.69,112.61,34.71", lambda: _save_site(blur_km=20)),
    "kinds are set": ("kind=temple", lambda: _site().kinds.set([])),
    "kinds are cleared": ("kind=religious", lambda: _site().kinds.clear()),
    "kinds are cleared from the other side": (
        "kind=temple",
        lambda: Kind.objects.get(slug="temple").sites.clear(),
    ),
    "kinds are removed from the other side": (
        "kind=temple",
        lambda: Kind.objects.get(slug="temple").sites.remove(_site()),
    ),
    "kinds are moved": (
        "kind=religious",
        lambda: Kind.objects.filter(slug="temple").update(parent=None),
    ),
    "kinds are deleted": ("kind=religious", lambda: Kind.objects.get(slug="temple").delete()),
    "kinds are deleted in bulk": (
        "kind=religious",
        lambda: Kind.objects.filter(slug="temple").delete(),
    ),
    "places are moved": (
        "place=henan",
        lambda: reverted(Place.objects.filter(slug="luoyang"), parent=None),
    ),
    "further places are set": ("place=kaifeng", lambda: _site().also_in.set([])),
    "events are deleted": ("from=60&to=70", lambda: _site().events.all().delete()),
    "events are updated": (
        "from=60&to=70&role=beginnings",
        lambda: Event.objects.filter(site=_site()).update(kind="repaired"),
    ),
    "events move": (
        "from=60&to=70",
        lambda: reverted(Event.objects.filter(kind="founded"), site=Site.objects.get(slug="whole")),
    ),
    "eras are moved": (
        "era=middle-ages",
        lambda: reverted([Event.objects.get(kind="fabric").first_era], parent=None),
    ),
    "eras are dated anew": (
        "from=700&to=800",
        lambda: reverted([Event.objects.get(kind="fabric").first_era], span="0900/0950"),
    ),
    "entries are delisted": (
        "inscribed=2000",
        lambda: Designation.objects.get(reference="1003").events.create(
            kind="delisted", date="2020"
        ),
    ),
    "events of entries are deleted": (
        "inscribed=2000",
        lambda: Designation.objects.get(reference="1003").events.all().delete(),
    ),
    "criteria are set": (
        "criterion=i",
        lambda: Designation.objects.get(reference="1003").world_heritage.criteria.clear(),
    ),
    "details are deleted": (
        "criterion=i",
        lambda: Designation.objects.get(reference="1003").world_heritage.delete(),
    ),
    "categories are updated": (
        "category=cultural",
        lambda: Designation.objects.filter(reference="1003").update(category=None),
    ),
    "batches are updated": (
        "batch=national.1",
        lambda: Designation.objects.filter(batch=1).update(batch=2),
    ),
    "grades are taken away": (
        "rating=rating.5A",
        lambda: reverted(Designation.objects.filter(category__code="5A"), category=None),
    ),
    "registers change": (
        "unesco=inscribed",
        lambda: Register.objects.filter(slug="whl").update(role="tentative"),
    ),
    "coverages are deleted": ("property=1003", lambda: Coverage.objects.all().delete()),
    "parts are deleted": ("part_of=whole", lambda: PartOf.objects.get().delete()),
    "images are withdrawn": ("has=image", lambda: Image.objects.update(published=False)),
    "images are deleted": ("has=image", lambda: Image.objects.get().delete()),
    "images are deleted in bulk": ("has=image", lambda: Image.objects.all().delete()),
    "hours are deleted": ("open=2026-11-25", lambda: Opening.objects.get().delete()),
    "hours are no longer checked": (
        "has=visiting",
        lambda: _bulk_update(Opening, "checked_on", None),
    ),
    "closed days are added": (
        "open=2026-11-25",
        lambda: build.make_opening(_site(), opens=None, weekdays="3"),
    ),
    "notices are added": ("open=2026-11-25", lambda: build.make_notice(_site())),
    "notices are added in bulk": (
        "open=2026-11-25",
        lambda: Notice.objects.bulk_create(
            [Notice(site=_site(), text=build.text("Closed"), is_closed=True)]
        ),
    ),
}


@pytest.mark.parametrize("name", LOSES)
def test_no_longer_found_after(site, name):
    query, write = LOSES[name]
    assert found(query) == {"site"}
    write()
    assert "site" not in found(query)
    assert_as_rebuilt(store.current())


GAINS = {
    "has=visiting": [
        lambda other: build.make_price(other),
        lambda other: build.make_fact(other),
        lambda other: Price.objects.filter(site=other).delete(),
        lambda other: VisitingFact.objects.filter(site=other).delete(),
    ],
    "has=image": [
        lambda other: build.make_image(other),
        lambda other: Image.objects.filter(site=other).update(site=_site()),
    ],
    "open=2026-11-25": [
        lambda other: build.make_opening(other),
        lambda other: Opening.objects.filter(site=other).update(checked_on=None),
    ],
}


@pytest.mark.parametrize("query", GAINS)
def test_found_as_long_as_it_is_true(site, query):
    other = Site.objects.get(slug="other-3")
    writes = GAINS[query]
    for number, write in enumerate(writes, 1):
        write(other)
        is_last = number == len(writes)
        assert found(query) == ({"site"} if is_last else {"site", "other-3"})
        assert_as_rebuilt(store.current())


def test_a_price_alone_or_a_term_unused_makes_a_journal_row(site):
    for write in (
        lambda: build.make_price(site),
        lambda: build.make_part(Site.objects.get(slug="other-1"), site),
        lambda: RegisterTerm.objects.filter(code="5A").update(label=build.text("Five")),
    ):
        before = IndexChange.objects.count()
        write()
        assert IndexChange.objects.count() > before


def test_an_action_of_the_editors(site, client):
    client.force_login(build.make_user(group="editor"))
    client.post(
        reverse("admin:heritage_site_changelist"),
        {
            "action": "archive",
            "_selected_action": [site.pk],
            "index": "0",
            "post": "yes",
            "reason": "It is gone.",
        },
    )
    assert found("kind=temple") == set()
    assert_as_rebuilt(store.current())


def test_fixtures_that_are_loaded(site, tmp_path):
    rows = [
        {
            "model": "heritage.site",
            "fields": {"uid": "new", "name": {"en": "New"}, "state": "published", "slug": "new"},
        },
        {
            "model": "heritage.event",
            "fields": {"uid": "new-1", "site": ["new"], "kind": "built", "date": "1900"},
        },
    ]
    path = tmp_path / "new.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    fixtures.load([path])
    assert found("from=1890&to=1910") == {"new"}
    assert_as_rebuilt(store.current())
