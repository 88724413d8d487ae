"""Fixtures never undo what people did, and load whole or not at all."""

import json

import pytest

from heritage.exchange import fixtures
from heritage.exchange.fixtures import FixtureError, load
from heritage.models import (
    ChangeSet,
    Era,
    Event,
    Kind,
    LoadedRow,
    Opening,
    Place,
    Price,
    Site,
    Source,
    VisitingFact,
)
from heritage.services.history import changes_of, net_changes
from tests.builders import text

pytestmark = pytest.mark.django_db


def row(model, uid, **fields):
    return {"model": f"heritage.{model}", "fields": {"uid": uid, **fields}}


KIND = row("kind", "kind-temple", slug="temple", label={"en": "Temple"})
CHINA = row("place", "place-cn", slug="china", level="country", label={"en": "China"})
HENAN = row(
    "place", "place-henan", slug="henan", level="province", label={"en": "Henan"},
    parent=["place-cn"],
)  # fmt: skip
SITE = row(
    "site", "white-horse-temple", slug="white-horse-temple", state="published",
    name={"en": "White Horse Temple", "zh-hans": "白马寺"}, kinds=[["kind-temple"]],
    place=["place-henan"],
)  # fmt: skip
SITE_WITHOUT_SLUG = {**SITE, "fields": {k: v for k, v in SITE["fields"].items() if k != "slug"}}
EVENT = row("event", "wht.founded", site=["white-horse-temple"], kind="founded", date="0068")
OPENING = row("opening", "wht.hours", site=["white-horse-temple"])


@pytest.fixture
def files(tmp_path):
    """Writes lists of objects as fixture files and gives their paths."""

    def write(**lists):
        paths = []
        for name, objects in lists.items():
            path = tmp_path / f"{name}.json"
            path.write_text(json.dumps(objects, ensure_ascii=False), encoding="utf-8")
            paths.append(path)
        return paths

    return write


def changed(item, **fields):
    return {**item, "fields": {**item["fields"], **fields}}


def test_loads_in_any_order_and_derives(files):
    # Children stand before their parents, and one file refers to the next.
    report = load(files(a=[EVENT, SITE], b=[HENAN, KIND, CHINA]))
    assert (report.created, report.updated, report.edited) == (5, 0, [])
    site = Site.objects.get()
    assert (site.first_year, site.place.parent.slug) == (68, "china")
    assert [kind.slug for kind in site.kinds.all()] == ["temple"]
    assert "bai ma si" in site.search_text
    [told] = [row for row in net_changes(changes_of(site)) if row.model is Site]
    assert (told.before, told.after["kinds"]) == (None, [site.kinds.get().pk])
    assert ChangeSet.objects.get().detail == {"files": ["a.json", "b.json"]}


def test_a_second_load_changes_nothing(files):
    paths = files(all=[KIND, CHINA, HENAN, SITE, EVENT])
    load(paths)
    before = [list(model.objects.values()) for model in (Kind, Place, Site, LoadedRow)]
    report = load(paths)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 5)
    assert [list(model.objects.values()) for model in (Kind, Place, Site, LoadedRow)] == before


def test_a_changed_fixture_changes_what_nobody_touched(files):
    load(files(all=[KIND, CHINA, HENAN, SITE]))
    report = load(files(all=[KIND, CHINA, HENAN, changed(SITE, summary={"en": "Old."})]))
    assert (report.updated, report.edited) == (1, [])
    assert str(Site.objects.get().summary.best()) == "Old."


def test_what_a_fixture_leaves_out_later_is_emptied(files):
    """As in a catalogue that is loaded anew; the address stays as it is."""
    more = {"latitude": 1.0, "longitude": 2.0, "summary": {"en": "Wrong."}, "featured": 1}
    site = changed(SITE, **more, also_in=[["place-cn"]])
    load(files(all=[KIND, CHINA, HENAN, site]))
    report = load(files(all=[KIND, CHINA, HENAN, SITE_WITHOUT_SLUG]))
    assert (report.updated, report.edited) == (1, [])
    site = Site.objects.get()
    assert (site.latitude, site.longitude, site.summary, site.featured) == (None, None, {}, None)
    assert (site.slug, site.state, site.place.slug) == ("white-horse-temple", "published", "henan")
    assert (site.kinds.count(), site.also_in.count()) == (1, 0)


NAME = row(
    "name", "wht.name", site=["white-horse-temple"], kind="alternative", language="zh-hans",
    text="白馬寺院",
)  # fmt: skip


def test_rows_that_a_file_no_longer_has_are_deleted_with_their_record_there(files):
    vocabulary = [KIND, CHINA, HENAN]
    load(files(words=vocabulary, sites=[SITE, NAME, EVENT]))
    # What was another name is the display name now, and would be refused beside it.
    renamed = changed(SITE, name={"en": "White Horse Temple", "zh-hans": "白馬寺院"})
    report = fixtures.install(files(words=vocabulary, sites=[renamed]))
    assert str(report) == "0 created, 1 updated, 3 unchanged, 2 deleted"
    site = Site.objects.get()
    assert (site.names.count(), site.events.count(), site.first_year) == (0, 0, None)
    deleted = ChangeSet.objects.latest("pk").changes.filter(after__isnull=True)
    assert deleted.count() == 2
    report = fixtures.install(files(words=vocabulary, sites=[SITE, NAME, EVENT]))
    assert (report.created, report.updated, report.deleted) == (2, 1, 0)


def test_rows_of_other_files_and_of_people_are_not_deleted(files):
    load(files(words=[KIND, CHINA, HENAN], sites=[SITE, NAME, EVENT]))
    # Not loaded this time; a file of the same name with other records; moved to another file.
    for lists in (
        {"words": [KIND]},
        {"sites": [KIND, CHINA]},
        {"sites": [SITE], "b": [NAME, EVENT]},
    ):
        assert load(files(**lists)).deleted == 0
    name = Site.objects.get().names.get()
    name.text = "白马寺院"
    name.save()
    report = load(files(b=[SITE]))
    assert report.edited == ["b.json: heritage.name wht.name: -: changed here"]
    assert (report.deleted, Site.objects.get().names.get().text) == (1, "白马寺院")


def test_sites_of_one_name_get_an_address_each(files):
    name = {"en": "White Temple"}
    load(files(a=[row("site", "one", name=name), row("site", "two", name=name)]))
    assert set(Site.objects.values_list("slug", flat=True)) == {"white-temple", "white-temple-2"}


def test_what_two_objects_share_and_must_not_is_named(files):
    with pytest.raises(FixtureError) as caught:
        load(files(a=[KIND], b=[row("kind", "other", slug="temple", label={"en": "Other"})]))
    assert caught.value.problems == [
        "b.json: heritage.kind other: slug: the same as kind-temple in a.json"
    ]
    assert not Kind.objects.exists()


def test_what_rows_share_that_refer_to_each_other_is_named(files):
    narrower = row("kind", "narrower", slug="temple", label={"en": "Hall"}, parent=["kind-temple"])
    with pytest.raises(FixtureError) as raised:
        load(files(a=[KIND, narrower]))
    assert raised.value.problems == [
        "a.json: heritage.kind narrower: slug: the same as kind-temple in a.json"
    ]
    assert not Kind.objects.exists()


def test_a_load_looks_up_only_what_its_files_name(files, django_assert_num_queries):
    load(files(a=[SITE, KIND, HENAN, CHINA, EVENT]))
    loader = fixtures.Loader(fixtures.Report())
    loader.look_up([fixtures.FixtureRow("a.json", Kind, KIND["fields"], "")])
    assert loader.pks == {Kind: {"kind-temple": Kind.objects.get().pk}}
    assert [*loader.loaded] == [("heritage.kind", "kind-temple")]
    with django_assert_num_queries(0):
        assert loader.pk_of(Kind, "kind-temple")


def test_what_an_editor_changed_is_kept(files):
    load(files(all=[KIND, CHINA, HENAN, SITE]))
    site = Site.objects.get()
    site.summary = text("Ours.")
    site.save()
    report = load(files(all=[KIND, CHINA, HENAN, changed(SITE, summary={"en": "Theirs."})]))
    assert report.updated == 0
    assert "white-horse-temple" in report.edited[0]
    assert str(Site.objects.get().summary.best()) == "Ours."


def test_a_changed_kind_of_a_site_is_an_editors_change_too(files):
    load(files(all=[KIND, CHINA, HENAN, SITE]))
    Site.objects.get().kinds.clear()
    report = load(files(all=[KIND, CHINA, HENAN, changed(SITE, featured=1)]))
    assert len(report.edited) == 1
    assert not Site.objects.get().kinds.exists()


def test_a_column_that_a_later_version_adds_is_nobodys_change(files, monkeypatch):
    """With its default it is not in what was noted of a row, so the row follows its fixture."""
    load(files(all=[KIND, CHINA, HENAN, SITE]))
    noted = LoadedRow.objects.get(uid="white-horse-temple").stored_digest
    columns = [column.name for column in Site._meta.concrete_fields if column.name != "cover"]
    monkeypatch.setattr(fixtures, "_digest", lambda row: row)
    pk = Site.objects.get().pk
    seen = fixtures._stored_digests(Site, [pk])[pk]
    assert "cover" not in seen and set(seen) <= {*columns, "pk", *many(Site), "place_id"}
    monkeypatch.undo()
    Site.objects.update(cover="solemn")
    assert fixtures._stored_digests(Site, [pk])[pk] != noted
    Site.objects.update(cover="")
    assert fixtures._stored_digests(Site, [pk])[pk] == noted


def many(model) -> list[str]:
    return [relation.name for relation in model._meta.many_to_many]


def test_what_is_noted_of_a_row_is_what_is_stored(files):
    """It is made from memory: of every sort of column, as the database gives it back."""
    source = row("source", "source-visit", kind="official", citation={"en": "A notice\r\nof it"})
    site = changed(
        SITE, area_ha="331", latitude=34.7, longitude=112, sources=[["source-visit"]] * 2,
        boundary={"type": "Polygon", "coordinates": [[[1, 2.50], [1e-7, 3], [4, 5], [1, 2.50]]]},
    )  # fmt: skip
    day = "2026-01-02"
    seen = {"site": [SITE["fields"]["uid"]], "quality": "official", "source": ["source-visit"]}
    rows = [
        row("opening", "wht.hours", weekdays="1234567", opens="08:00", closes="18:30", **seen),
        row("price", "wht.ticket", label={"en": "Adults"}, amount="90.5", **seen),
        row("visitingfact", "wht.open", kind="hours", text={"en": "x"}, checked_on=day, **seen),
    ]  # fmt: skip
    models = {Kind, Place, Source, Site, Event, Opening, Price, VisitingFact}
    shared = [KIND, CHINA, HENAN, source, site, EVENT, *rows]
    for more in ({}, {"hook": {"en": "Old."}}):  # created, and then changed
        load(files(all=[*shared[:-5], changed(site, **more), *shared[-4:]]))
        noted = dict(LoadedRow.objects.values_list("uid", "stored_digest"))
        assert len(noted) == len(shared)
        for model in models:
            uids = dict(model.objects.values_list("pk", "uid"))
            stored = fixtures._stored_digests(model, list(uids))
            assert stored == {pk: noted[uid] for pk, uid in uids.items()} != {}


def test_what_people_changed_or_deleted_is_counted_where_the_fixture_is_as_before(files):
    paths = files(all=[KIND, CHINA, HENAN, SITE, EVENT])
    load(paths)
    assert str(load(paths)) == "0 created, 0 updated, 5 unchanged"
    site = Site.objects.get()
    site.summary = text("Ours.")
    site.save()
    site.events.all().delete()
    Kind.objects.update(order=3)
    report = load(paths)
    assert str(report) == "0 created, 0 updated, 2 unchanged, 3 kept as edited or deleted here"
    report = load(files(all=[KIND, CHINA, HENAN, changed(SITE, featured=1), EVENT]))
    assert str(report).endswith("2 unchanged, 3 kept as edited or deleted here")


def test_what_an_editor_deleted_stays_deleted(files):
    load(files(all=[KIND, CHINA, HENAN, SITE]))
    Site.objects.all().delete()
    load(files(all=[KIND, CHINA, HENAN, SITE]))
    load(files(all=[KIND, CHINA, HENAN, changed(SITE, featured=1)]))
    assert not Site.objects.exists()


def test_what_refers_to_what_an_editor_deleted_stops_no_fixture(files):
    """It is loaded without that; what cannot be without is left out, and so on."""
    tang = row("era", "era-tang", slug="tang", label={"en": "Tang"}, span="0618/0907")
    load(files(all=[KIND, CHINA, HENAN, tang, SITE]))
    for model in (Site, Kind, Era):
        model.objects.all().delete()
    Place.objects.get(slug="henan").delete()
    other = changed(SITE, uid="other", slug="other")
    rebuilt = row("event", "other.rebuilt", site=["other"], kind="rebuilt", first_era=["era-tang"])
    dated = changed(rebuilt, uid="other.dated", date="0700")
    source = row("source", "s", kind="web", citation={"en": "A page"})
    again = changed(EVENT, uid="wht.again", source=["s"])
    paths = files(all=[KIND, CHINA, HENAN, tang, SITE, EVENT, again, source, other, rebuilt, dated])
    report = load(paths)
    assert report.created == 3  # the source, the other site and its dated event
    assert "all.json: heritage.event wht.founded: site: heritage.site “white-horse-temple”" in str(
        report.edited
    )
    site = Site.objects.get()
    assert (site.slug, site.place, site.kinds.count()) == ("other", None, 0)
    assert [event.uid for event in site.events.all()] == ["other.dated"]
    kept = report.edited
    report = load(paths)
    assert (report.created, report.updated) == (0, 0)
    assert [line for line in report.edited if "wht.founded" in line] == [
        line for line in kept if "wht.founded" in line
    ]


BROKEN = {
    "no such reference": (changed(SITE, place=["place-nowhere"]), "place", "place-nowhere"),
    "broken date": (changed(EVENT, date="0068-13"), "date", "month 13"),
    "latitude": (changed(SITE, latitude=91.0, longitude=0.0), "latitude", "90"),
    "language": (changed(SITE, name={"xx_yy_zz_1": "?"}), "name", "language"),
    "state": (changed(SITE, state="gone"), "state", "may be draft, in_review, published"),
    "kind of an event": (changed(EVENT, kind="foundd"), "kind", "may be founded, "),
    "no such column": (changed(SITE, country="China"), "country", "no such column"),
    "rows of another model": (changed(SITE, events=[["wht.founded"]]), "events", "no such column"),
    "a derived column": (changed(SITE, first_year=68), "first_year", "may carry"),
    "a primary key": (changed(SITE, id=1), "id", "may carry"),
    "a reference that is text": (changed(SITE, place="henan"), "place", '["uid"]'),
    "a reference that is a number": (changed(SITE, place=1), "place", '["uid"]'),
    "an empty reference": (changed(SITE, place=[]), "place", '["uid"]'),
    "a list of numbers": (changed(SITE, kinds=[1]), "kinds", '["uid"]'),
    "no list": (changed(SITE, kinds=None), "kinds", '[["uid"]'),
    "its own model by number": (changed(CHINA, parent=5), "parent", '["uid"]'),
    "its own model in a list": (changed(CHINA, parent=[["x"]]), "parent", '["uid"]'),
    "a date that is a number": (changed(OPENING, checked_on=5), "checked_on", "must be str"),
    "a number without end": (changed(SITE, featured=float("inf")), "featured", "infinity"),
}


@pytest.mark.parametrize(("item", "field", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_named_and_nothing_is_stored(files, item, field, reason):
    objects = {o["fields"]["uid"]: o for o in (KIND, CHINA, HENAN, SITE, EVENT)}
    objects[item["fields"]["uid"]] = item
    with pytest.raises(FixtureError) as error:
        load(files(broken=list(objects.values())))
    problem = str(error.value)
    assert problem.startswith(f"broken.json: {item['model']} {item['fields']['uid']}: {field}: ")
    assert reason in problem
    assert not Kind.objects.exists()
    assert not LoadedRow.objects.filter(label__startswith="heritage.").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[", "all.json: line 1, column 2: "),
        ('[\n{"model": "heritage.kind"\n "fields": {}}]', "all.json: line 3, column 2: .*','"),
        ('[{"model": "heritage.nothing", "fields": {"uid": "a"}}]', "object 1"),
        ('[{"model": "heritage.user", "fields": {"uid": "a"}}]', "no record"),
        ('[{"model": "heritage.kind", "fields": {}}]', "uid"),
        ('[{"model": "heritage.kind"}]', "fields"),
        ('[{"model": "heritage.kind", "fields": ["a"]}]', "object 1: .*fields"),
        ('[{"model": "heritage.kind", "fields": {"uid": 5}}]', "object 1: .*uid"),
        ('["heritage.kind"]', "object 1"),
        ('[{"model": 5, "fields": {"uid": "a"}}]', "object 1: .*model"),
        ('{"model": "heritage.kind"}', "a list of objects"),
        (r'[{"model": "heritage.kind", "fields": {"uid": "a", "aat": "1\u0000"}}]', "cannot be"),
        (r'[{"model": "heritage.kind", "fields": {"uid": "a", "label": ["\ud800"]}}]', "cannot be"),
    ],
)
def test_a_broken_file_is_named(tmp_path, content, reason):
    path = tmp_path / "all.json"
    path.write_text(content)
    with pytest.raises(FixtureError, match=reason):
        load([path])


def test_one_uid_twice_is_refused(files):
    with pytest.raises(FixtureError, match=r"stands in a\.json already"):
        load(files(a=[KIND], b=[KIND]))


def test_an_address_that_is_taken_is_named_and_nothing_is_stored(files):
    Kind.objects.create(slug="temple", label=text(en="Ours"))
    with pytest.raises(FixtureError) as caught:
        load(files(a=[CHINA, KIND]))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith("a.json: heritage.kind kind-temple: slug: ")
    assert not Place.objects.exists()


def test_line_ends_of_whatever_system_are_no_change(files):
    written = changed(SITE, summary={"en": "One\r\ntwo\rthree"})
    load(files(all=[KIND, CHINA, HENAN, written]))
    site = Site.objects.get()
    assert site.summary["en"] == "One\ntwo\nthree"
    site.summary = {"en": "One\r\ntwo\r\nthree"}  # as a browser sends it back
    site.save()
    report = load(files(all=[KIND, CHINA, HENAN, changed(written, featured=1)]))
    assert (report.updated, report.edited) == (1, [])
