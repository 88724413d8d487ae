"""When readers are told that a site was changed: which writes move its date, and which do not."""

import copy
from datetime import UTC, datetime
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date

from heritage.models import (
    ComponentPoint,
    Coverage,
    Designation,
    Event,
    FormerSlug,
    Identifier,
    Image,
    IndexChange,
    Licence,
    Name,
    Opening,
    PartOf,
    Review,
    ReviewComment,
    SavedFilter,
    Site,
    SiteDate,
    Source,
    WorldHeritage,
    unit_of_work,
)
from heritage.models.base import untracked
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.services import merge, pending, undo
from heritage.services.dependencies import referring_columns
from tests import builders as build
from tests.index_comparison import assert_as_rebuilt
from tests.webrows import full_site, plain_site, vocabulary

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SITE, WHOLE, PART, SAME_ENTRY = "longmen-grottoes", "temple-901", "temple-902", "temple-903"
PLAIN = "temple-1"  # has nothing to do with the site but kind, place, eras and sources
ALL_PLAIN = {WHOLE, PART, SAME_ENTRY, PLAIN}
EVERYWHERE = {SITE, *ALL_PLAIN}


@pytest.fixture(scope="module")
def _made(made_once):
    return made_once(_make)


def _make():
    words = vocabulary()
    words.unused = build.make_kind("Lighthouse", slug="lighthouse")
    words.site, words.plain = full_site(words), plain_site(words, 1)
    words.draft = build.make_site("Draft", slug="draft", state="draft", kinds=[words.bridge])
    words.tombs = build.make_kind("Tomb", slug="tombs")
    build.make_site("Tomb", slug="tomb", kinds=[words.tombs], latitude=34.123, longitude=112.123)
    age_all()
    return words


def age_all() -> None:
    """As if nothing had been written for years."""
    SiteDate.objects.update(changed_at=LONG_AGO)
    IndexChange.objects.enter(SiteDate.objects.values_list("pk", flat=True))


@pytest.fixture
def made(_made) -> SimpleNamespace:
    store.current()  # so that the index is there to be brought up to date
    return copy.deepcopy(_made)


def moved() -> set[str]:
    found = Site.objects.filter(public_date__changed_at__gt=LONG_AGO)
    return set(found.values_list("slug", flat=True))


def put(row, **values) -> None:
    row = type(row).objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def first(rows):
    return rows.order_by("pk").first()


def site(made, **values):
    put(made.site, **values)


def _rolled_back(made):
    with change_set(), transaction.atomic():
        made.site.kinds.set([])
        transaction.set_rollback(True)


def _partly_rolled_back(made):
    with change_set():
        with transaction.atomic():
            put(made.plain, note=build.text("Never"))
            transaction.set_rollback(True)
        site(made, note=build.text("Kept"))


def _property() -> Designation:
    return Designation.objects.get(reference="1003")


def _blurred(made):
    untracked(Site).filter(pk=made.site.pk).update(blur_km=20)
    row = Site.objects.get(pk=made.site.pk)
    site(made, latitude=row.latitude + 0.0001)


def _bounded(made):
    site(made, blur_km=20)
    age_all()
    site(made, boundary=BOUNDARY)


def _ruled(made, degrees=0.0001):
    put(made.tombs, blur_km=20)
    row = Site.objects.get(slug="tomb")
    assert row.public_point != (row.latitude, row.longitude)
    age_all()
    put(row, latitude=row.latitude + degrees)


def _merged(made):
    kept, other = Site.objects.get(slug=PLAIN), Site.objects.get(slug=WHOLE)
    merge.merge(kept, other)


def _undone(made):
    with change_set() as done:
        site(made, note=build.text("Undone"))
    age_all()
    undo.undo(done)


def _deleted_and_restored(made):
    with change_set() as done:
        Site.objects.get(slug=PLAIN).delete()
    undo.undo(done)


# A write, and the sites of which readers see something else after it.
WRITES = {
    # the site itself
    "a text": (lambda m: site(m, summary=build.text("Other")), {SITE}),
    "a text by an update": (
        lambda m: Site.objects.filter(slug=SITE).update(note=build.text("Other")),
        {SITE},
    ),
    "nothing": (lambda m: site(m), set()),
    "the same text": (lambda m: site(m, summary=m.site.summary), set()),
    "the boundary": (lambda m: site(m, boundary=BOUNDARY), {SITE}),
    "the boundary of a blurred site": (_bounded, set()),
    "its place on the home page": (lambda m: site(m, featured=7, prominence=3), set()),
    "its point": (lambda m: site(m, latitude=34.6), {SITE}),
    "the exact point behind a blurred one": (_blurred, set()),
    "the exact point behind one that a rule blurs": (_ruled, set()),
    "a rule blurs": (lambda m: put(m.tombs, blur_km=20), {"tomb"}),
    "a point that a rule blurs moves far": (lambda m: _ruled(m, 1), {"tomb"}),
    "how far it is blurred": (lambda m: site(m, blur_km=20), {SITE}),
    "its address": (lambda m: m.site.rename("longmen"), {"longmen"}),
    "its cover": (lambda m: site(m, cover="pagoda-zh"), {SITE}),
    "it is withdrawn": (lambda m: m.plain.withdraw(), {PLAIN}),
    "a draft": (lambda m: put(m.draft, note=build.text("Other")), set()),
    "a kind of a draft": (lambda m: m.draft.kinds.set([m.temple]), set()),
    "a draft is published": (lambda m: m.draft.publish(), {"draft"}),
    "a savepoint is rolled back": (_rolled_back, set()),
    "one savepoint of two": (_partly_rolled_back, {SITE}),
    "one is merged into another": (_merged, {PLAIN, SITE}),
    "an undo": (_undone, {SITE}),
    "deleted and restored": (_deleted_and_restored, {PLAIN}),
    # its rows and relations
    "kinds": (lambda m: m.site.kinds.set([m.temple]), {SITE}),
    "kinds from the other side": (lambda m: m.bridge.sites.clear(), {SITE}),
    "sources": (lambda m: m.site.sources.clear(), {SITE}),
    "an event": (lambda m: put(first(m.site.events), date="0500"), {SITE}),
    "events in bulk": (lambda m: Event.objects.filter(site=m.site).update(note={}), {SITE}),
    "a name is added": (lambda m: build.make_name(m.site), {SITE}),
    "a name is deleted": (lambda m: Name.objects.filter(site=m.site).delete(), {SITE}),
    "a name moves to another site": (
        lambda m: Name.objects.filter(site=m.site).update(site=m.plain),
        {SITE, PLAIN},
    ),
    "a part": (lambda m: PartOf.objects.filter(whole=m.site).delete(), {SITE, PART}),
    "an identifier": (lambda m: put(first(m.site.identifiers), value="Q2"), {SITE}),
    "a picture is replaced": (
        lambda m: put(first(m.site.images), file=build.picture_file(50, 50)),
        {SITE},
    ),
    "a picture is no longer shown": (
        lambda m: Image.objects.filter(site=m.site).update(published=False),
        {SITE},
    ),
    "a picture that is not shown": (lambda m: put(first(m.plain.images), author="Me"), set()),
    "opening hours": (lambda m: put(first(m.site.openings), weekdays="1"), {SITE}),
    "opening hours that nobody checked": (
        lambda m: build.make_opening(m.site, checked=False),
        set(),
    ),
    "opening hours are checked no longer": (
        lambda m: Opening.objects.filter(site=m.site).update(checked_on=None),
        {SITE},
    ),
    "a former address": (lambda m: FormerSlug.objects.create(site=m.site, slug="lm"), set()),
    "an internal note": (
        lambda m: ReviewComment.objects.create(site=m.site, text="Why?", author=m.editor),
        set(),
    ),
    "who reviews it": (lambda m: Review.objects.create(site=m.site, assigned_to=m.editor), set()),
    "a saved filter": (
        lambda m: SavedFilter.objects.create(user=m.editor, name="Mine", query="kind=temple"),
        set(),
    ),
    # entries of registers
    "put on the danger list": (
        lambda m: _property().events.create(kind="in_danger", date="2026"),
        {SITE, SAME_ENTRY},
    ),
    "an entry": (lambda m: put(_property(), note=build.text("Other")), {SITE, SAME_ENTRY}),
    "an entry that supersedes another": (
        lambda m: put(Designation.objects.get(reference="1-0037-4-004"), batch=2),
        {SITE},
    ),
    "criteria": (
        lambda m: WorldHeritage.objects.get().criteria.clear(),
        {SITE, SAME_ENTRY},
    ),
    "a component point that is a site": (
        lambda m: ComponentPoint.objects.create(
            designation=_property(), number=2, site=m.plain, latitude=1, longitude=1
        ),
        {SITE, SAME_ENTRY, PLAIN},
    ),
    "how an entry covers it": (
        lambda m: Coverage.objects.filter(site=m.site).update(note=build.text("Other")),
        {SITE},
    ),
    # vocabularies
    "a kind is renamed": (lambda m: put(m.bridge, label=build.text("Crossing")), {SITE}),
    "a kind is found by another word": (
        lambda m: put(m.bridge, other_names=build.text("crossing")),
        set(),
    ),
    "a kind that no site has": (lambda m: put(m.unused, label=build.text("Beacon")), set()),
    "a broader kind": (lambda m: put(m.religious, label=build.text("Sacred place")), set()),
    "a place is renamed": (lambda m: put(m.henan, label=build.text("Honan")), EVERYWHERE),
    "a place is moved": (lambda m: put(m.luoyang, parent=m.china), EVERYWHERE),
    "a place's point": (lambda m: put(m.henan, latitude=34.0, longitude=113.0), set()),
    "an era's years": (lambda m: put(m.tang, span="0618/0906"), EVERYWHERE),
    "an era is renamed": (lambda m: put(m.han, label=build.text("Later Han")), {SITE}),
    "a register": (lambda m: put(m.unesco, label=build.text("The List")), {SITE, SAME_ENTRY}),
    "a rank of registers": (lambda m: put(m.unesco, rank=7), set()),
    "a criterion": (
        lambda m: put(m.unesco.terms.get(facet="criterion"), label=build.text("An exchange of")),
        {SITE, SAME_ENTRY},
    ),
    "a region": (
        lambda m: put(m.unesco.terms.get(facet="region"), label=build.text("Asia, Pacific")),
        {SITE, SAME_ENTRY},
    ),
    "a scheme of identifiers": (
        lambda m: put(Identifier.objects.get().scheme, label=build.text("WD")),
        {SITE},
    ),
    "a source": (lambda m: put(m.official, citation=build.text("The list")), EVERYWHERE),
    "a source of one": (
        lambda m: put(Opening.objects.first().source, citation=build.text("The list")),
        EVERYWHERE,
    ),
    "a licence": (
        lambda m: put(Licence.objects.order_by("pk").first(), label=build.text("Free")),
        {SITE},
    ),
    "a source that nobody cites": (
        lambda m: put(build.make_source(), citation=build.text("Of nothing")),
        set(),
    ),
    "who manages it": (lambda m: put(m.site.custodian, name=build.text("A bureau")), {SITE}),
}
BOUNDARY = {
    "type": "Polygon",
    "coordinates": [[[112.4, 34.5], [112.5, 34.5], [112.5, 34.6], [112.4, 34.5]]],
}


@pytest.mark.parametrize("name", WRITES)
def test_a_site_is_dated_when_readers_see_something_else(made, name):
    write, expected = WRITES[name]
    made.editor = build.make_user("editor")
    last = IndexChange.objects.latest("pk").pk
    write(made)
    assert moved() == expected
    if expected and moved():
        assert IndexChange.objects.filter(pk__gt=last).exists()
    assert_as_rebuilt(store.current())  # with the dates that sitemaps and feeds are made from


CITING = [
    (model, column)
    for model, column in referring_columns(Source)
    if unit_of_work.owner_model(model) in (Site, Designation)  # others no page of a site shows
]


@pytest.mark.parametrize(("model", "column"), CITING)
def test_a_source_dates_the_sites_that_cite_it_whichever_row_does(made, model, column):
    row = first(model.objects.filter(**of_site(model, made)))
    row = row or build.make_disagreement(made.site)
    source = build.make_source("Cited once")
    if column.many_to_many:
        getattr(row, column.name).add(source)
    else:
        setattr(row, column.name, source)
        row.save()
    age_all()
    put(source, citation=build.text("Cited otherwise"))
    assert SITE in moved()


def of_site(model, made) -> dict:
    if model is Site:
        return {"pk": made.site.pk}
    if model is Designation:
        return {"pk": _property().pk}
    return {"site": made.site} if model.owner == "site" else {"designation": _property()}


def lastmods(client) -> dict[str, str]:
    found = {}
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    for path in [node.text for node in index.iter() if node.tag.endswith("loc")]:
        if "/en/sites-" in path:
            answer = client.get(path.removeprefix("http://testserver"))
            for entry in ElementTree.fromstring(answer.content):  # noqa: S314 - our own
                texts = {node.tag.rpartition("}")[2]: node.text for node in entry}
                found[texts["loc"].rstrip("/").rpartition("/")[2]] = texts["lastmod"]
    return found


def feed(client) -> list[str]:
    root = ElementTree.fromstring(client.get("/en/feed.atom").content)  # noqa: S314 - our own
    tags = "{http://www.w3.org/2005/Atom}"
    return [entry.find(f"{tags}title").text for entry in root.findall(f"{tags}entry")]


def test_a_site_in_danger_is_news_for_whoever_reads_the_catalogue_again(client, made):
    page = client.get(f"/en/sites/{SITE}/")
    assert page["Last-Modified"] == http_date(LONG_AGO.timestamp())
    again = {"HTTP_IF_MODIFIED_SINCE": page["Last-Modified"]}
    assert client.get(f"/en/sites/{SITE}/", **again).status_code == 304
    before, titles = lastmods(client), feed(client)
    assert set(before.values()) == {LONG_AGO.isoformat(timespec="seconds")}
    site(made)  # a save without a change
    Review.objects.create(site=made.site, assigned_to=build.make_user("reviewer"))
    assert (lastmods(client), feed(client)) == (before, titles)
    assert client.get(f"/en/sites/{SITE}/", **again).status_code == 304

    _property().events.create(kind="in_danger", date="2026")
    changed = Site.objects.get(slug=SITE).public_changed_at
    after = lastmods(client)
    assert {slug for slug in after if after[slug] != before[slug]} == {SITE, SAME_ENTRY}
    assert after[SITE] == changed.isoformat(timespec="seconds")
    assert set(feed(client)[:2]) == {"Longmen Grottoes", "Temple 903"}
    page = client.get(f"/en/sites/{SITE}/", **again)
    assert page.status_code == 200 and page["Last-Modified"] == http_date(changed.timestamp())
    assert changed.isoformat(timespec="seconds") in page.text  # the data in it
    assert client.get(f"/en/sites/{SITE}/")["Last-Modified"] == page["Last-Modified"]  # as cached


def test_all_sites_of_a_term_are_dated_at_once_by_one_statement(made, settings, monkeypatch):
    """Though what they are found by is refreshed afterwards."""
    settings.REFRESHED_AT_ONCE = 2
    monkeypatch.setattr(pending, "continue_in_background", lambda **kwargs: None)
    with CaptureQueriesContext(connection) as found:
        put(made.henan, label=build.text("Honan"))
    updates = [q["sql"] for q in found if q["sql"].startswith('UPDATE "heritage_sitedate"')]
    assert len(updates) == 1
    assert moved() == EVERYWHERE
    assert_as_rebuilt(store.current())
    before = set(Site.objects.values_list("slug", "public_date__changed_at"))
    pending.finish()
    assert set(Site.objects.values_list("slug", "public_date__changed_at")) == before
    assert_as_rebuilt(store.current())


def test_a_site_that_is_gone_by_the_end_of_its_transaction_has_no_date(made):
    """Else the transaction would fail as a whole when it ends."""
    with change_set():
        stays = build.make_site("Stays", slug="stays")
        build.make_site("Deleted again", slug="deleted-again").delete()
        with transaction.atomic():
            build.make_site("Rolled back", slug="rolled-back")
            transaction.set_rollback(True)
    connection.check_constraints()  # what a commit does
    assert set(SiteDate.objects.values_list("pk", flat=True)) == set(
        Site.objects.values_list("pk", flat=True)
    )
    assert moved() == {stays.slug}


def test_dates_by_a_clock_that_was_wrong_do_not_hide_later_ones(made):
    ahead = datetime(2999, 1, 1, tzinfo=UTC)
    SiteDate.objects.filter(site__slug=PLAIN).update(changed_at=ahead)
    IndexChange.objects.enter([made.plain.pk])
    assert_as_rebuilt(store.current())
    put(made.bridge, label=build.text("Crossing"))
    assert_as_rebuilt(store.current())
