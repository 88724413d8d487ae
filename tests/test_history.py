"""The history tells what happened, whoever wrote it and however; what it tells can be undone."""

from datetime import datetime, timedelta, timezone

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from heritage.exchange import fixtures
from heritage.models import (
    Change,
    ChangeSet,
    ComponentPoint,
    Correction,
    Coverage,
    Era,
    Event,
    FormerSlug,
    IndexChange,
    Kind,
    Name,
    PartOf,
    Place,
    Review,
    ReviewComment,
    Site,
)
from heritage.models.unit_of_work import change_set
from heritage.services import review
from heritage.services.history import changes_of, deletions_of, differences, net_changes, word_diff
from heritage.services.undo import changes_with, restore_deleted, undo, undo_changes, undo_since
from heritage.services.undo_plan import plan
from tests import builders as build
from tests.index_comparison import assert_nothing_to_derive

pytestmark = pytest.mark.django_db


def last() -> ChangeSet:
    return ChangeSet.objects.latest("pk")


def told(of: ChangeSet | None = None) -> list[tuple]:
    rows = net_changes((of or last()).changes.order_by("pk"))
    return [(row.model, row.object_id, row.before, row.after) for row in rows]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- what is recorded ----------------------------------------------------------------------------


def _save(site):
    site.featured = 7
    site.save()


def _bulk_update(site):
    site.featured = 7
    Site.objects.bulk_update([site], ["featured"])


CHANGES = {
    "save": _save,
    "save of one column": lambda site: (
        setattr(site, "featured", 7),
        site.save(update_fields=["featured"]),
    ),
    "update": lambda site: Site.objects.filter(pk=site.pk).update(featured=7),
    "update with an expression": lambda site: Site.objects.update(featured=models.F("id") * 0 + 7),
    "save with an expression": lambda site: (
        setattr(site, "featured", models.F("id") * 0 + 7),
        site.save(),
    ),
    "bulk_update": _bulk_update,
    "update_or_create": lambda site: Site.objects.update_or_create(
        uid=site.uid, defaults={"featured": 7}
    ),
}


@pytest.mark.parametrize("write", CHANGES.values(), ids=CHANGES)
def test_a_change_tells_the_column_before_and_after(write):
    site = build.make_site(featured=1)
    write(site)
    assert told() == [(Site, site.pk, {"featured": 1}, {"featured": 7})]
    assert fresh(site).featured == 7


def test_what_changes_nothing_is_not_told():
    site = build.make_site("Kiln", latitude=34.5, longitude=112.5, area_ha="3.5")
    build.make_price(site, amount=30)
    before = ChangeSet.objects.count()
    site.save()
    fresh(site).save()
    site.kinds.set([])
    Site.objects.update(slug=site.slug)
    site.prices.get().save()
    with change_set("edit", reason="Nothing"):
        fresh(site).save()
    assert ChangeSet.objects.count() == before


CREATIONS = {
    "create": lambda site: build.make_name(site, "New"),
    "bulk_create": lambda site: Name.objects.bulk_create(
        [Name(site=site, text="New", language="en")]
    ),
    "beside what there is": lambda site: Name.objects.bulk_create(
        [Name(site=site, text="New", language="en")], ignore_conflicts=True
    ),
    "get_or_create": lambda site: site.names.get_or_create(text="New", language="en"),
}


@pytest.mark.parametrize("write", CREATIONS.values(), ids=CREATIONS)
def test_a_creation_tells_the_whole_row_and_its_owner(write):
    site = build.make_site()
    write(site)
    name = site.names.get()
    [change] = last().changes.all()
    assert (change.owner_id, change.before) == (site.pk, None)
    assert change.owner_model == ContentType.objects.get_for_model(Site)
    expected = {"uid": name.uid, "site": site.pk, "text": "New", "language": "en"}
    assert expected.items() <= change.after.items()


def test_rows_that_are_there_are_changed_by_a_bulk_creation():
    era = build.make_era(span="0618/0907")
    again = Era(uid=era.uid, slug=era.slug, label=era.label, span="0700/0800")
    options = {"update_conflicts": True, "update_fields": ["span"]}
    Era.objects.bulk_create([again], unique_fields=["uid"], **options)
    assert told() == [(Era, era.pk, {"span": "0618/0907"}, {"span": "0700/0800"})]
    with pytest.raises(ValueError, match="uid"):
        Era.objects.bulk_create([again], unique_fields=["slug"], **options)


def test_a_row_that_moves_is_told_at_both_owners():
    lost, gained = build.make_site(), build.make_site()
    name = build.make_name(lost)
    name.site = gained
    name.save()
    assert last() in {change.change_set for change in changes_of(lost)}
    assert last() in {change.change_set for change in changes_of(gained)}
    assert told() == [(Name, name.pk, {"site": lost.pk}, {"site": gained.pk})]


RELATIONS = {
    "set": lambda site, old, new: site.kinds.set([new]),
    "add and remove": lambda site, old, new: (site.kinds.add(new), site.kinds.remove(old)),
    "clear and add": lambda site, old, new: (site.kinds.clear(), site.kinds.add(new)),
    "the other side": lambda site, old, new: (new.sites.add(site), old.sites.remove(site)),
    "the other side, cleared": lambda site, old, new: (old.sites.clear(), new.sites.set([site])),
    "in bulk": lambda site, old, new: (
        Site.objects.bulk_add("kinds", [(site.pk, new.pk)]),
        site.kinds.remove(old),
    ),
}


@pytest.mark.parametrize("write", RELATIONS.values(), ids=RELATIONS)
def test_relations_are_told_from_either_side(write):
    old, new = build.make_kind(), build.make_kind()
    site = build.make_site(kinds=[old])
    before = site.updated_at
    with change_set():
        write(site, old, new)
    assert told() == [(Site, site.pk, {"kinds": [old.pk]}, {"kinds": [new.pk]})]
    assert fresh(site).updated_at > before


def test_a_deletion_keeps_the_row_its_relations_and_its_children():
    kind, source = build.make_kind(), build.make_source()
    site = build.make_site("Kiln", slug="kiln", kinds=[kind], sources=[source])
    name, event = build.make_name(site, "Oven"), build.make_event(site)
    site.slug = "oven"
    site.save()
    former = FormerSlug.objects.get()
    ids = [(type(row), row.pk) for row in (site, name, event, former)]
    site.delete()
    rows = {(model, pk): (before, after) for model, pk, before, after in told()}
    assert rows.keys() == set(ids)
    before, after = rows[ids[0]]
    assert after is None
    assert (before["kinds"], before["sources"]) == ([kind.pk], [source.pk])
    assert before["published_at"]
    assert deletions_of(Site).get().object_id == ids[0][1]


def test_what_a_deletion_does_to_rows_that_stay_is_told():
    kinds = [build.make_kind(slug=f"k{n}") for n in range(3)]
    site = build.make_site(kinds=kinds)
    entry = build.make_designation()
    point = ComponentPoint.objects.create(
        designation=entry, number=1, latitude=1, longitude=1, site=site
    )
    ids = [kind.pk for kind in kinds]
    Kind.objects.filter(slug__in=["k0", "k1"]).delete()
    rows = {(model, pk): (before, after) for model, pk, before, after in told()}
    assert rows[Site, site.pk] == ({"kinds": ids}, {"kinds": ids[2:]})
    pk = site.pk
    site.delete()
    rows = {(model, pk): (before, after) for model, pk, before, after in told()}
    assert rows[ComponentPoint, point.pk] == ({"site": pk}, {"site": None})
    assert undo(last()).conflicts == []
    assert fresh(point).site_id == pk


def test_a_savepoint_that_is_rolled_back_leaves_nothing():
    site = build.make_site(featured=1)
    before = ChangeSet.objects.count()
    updated = fresh(site).updated_at

    def lost():
        with pytest.raises(RuntimeError), transaction.atomic():
            Site.objects.filter(pk=site.pk).update(featured=77)
            build.make_name(site, "Never")
            site.kinds.add(build.make_kind())
            raise RuntimeError

    with change_set(reason="Nothing of it"):
        lost()
    assert ChangeSet.objects.count() == before
    assert fresh(site).updated_at == updated
    with change_set(reason="A part of it"):
        lost()
        Site.objects.filter(pk=site.pk).update(featured=2)
        lost()
    assert told() == [(Site, site.pk, {"featured": 1}, {"featured": 2})]
    assert last().reason == "A part of it"
    assert_nothing_to_derive()


def test_a_failure_leaves_neither_change_set_nor_change():
    before = ChangeSet.objects.count(), Change.objects.count()
    with pytest.raises(RuntimeError), change_set():
        build.make_site()
        raise RuntimeError
    assert (ChangeSet.objects.count(), Change.objects.count()) == before


def test_a_deletion_that_fails_is_not_told():
    place = build.make_place()
    build.make_site(place=place)
    before = Change.objects.count()
    with change_set():
        with pytest.raises(models.ProtectedError), transaction.atomic():
            place.delete()
        with pytest.raises(models.ProtectedError), transaction.atomic():
            Place.objects.filter(pk=place.pk).delete()
    assert Change.objects.count() == before


def test_change_sets_nest_and_say_who_and_why():
    user = build.make_user()
    with change_set("bulk", user, "Spring cleaning", state="archived") as outer:
        build.make_site()
        with change_set("edit", None, "Within"):
            build.make_site()
        outer.detail["count"] = 2
    made = last()
    assert (made.kind, made.user, made.reason) == ("bulk", user, "Spring cleaning")
    assert made.detail == {"state": "archived", "count": 2}
    assert made.changes.count() == 2
    build.make_site()
    assert (last().kind, last().user, last().reason) == ("command", None, "")


def test_what_readers_send_is_not_kept_with_their_address():
    site = build.make_site()
    sent = Correction.objects.create(
        site=site, topic="name", text="Wrong", email="reader@example.org", sender="digest"
    )
    sent.delete()
    assert Change.objects.count() >= 2
    for change in Change.objects.all():
        for values in (change.before or {}, change.after or {}):
            assert not {"email", "sender", "form_key"} & values.keys()


def test_what_somebody_did_whose_account_is_gone_was_done_by_a_person():
    user = build.make_user()
    site = build.make_site(state="draft")
    site.publish(by=user)
    review.comment(site, user, "Well done.")
    comment = ReviewComment.objects.get()
    published = ChangeSet.objects.get(detail__state="published")
    updated, entered = fresh(site).updated_at, IndexChange.objects.count()
    assert published.author == user.display_name
    user.delete()
    assert IndexChange.objects.count() == entered  # no site was written
    site, published, comment = fresh(site), fresh(published), fresh(comment)
    assert published.author == comment.author_name == "a deleted account"
    assert (published.user, site.state_changed_by, site.updated_at) == (None, None, updated)
    site.withdraw()
    assert last().author == "a command"


def test_publishing_and_renaming_say_so():
    user = build.make_user()
    site = build.make_site("Kiln", slug="kiln", state="draft")
    site.publish(by=user, reason="Checked")
    assert (last().user, last().reason, last().detail) == (user, "Checked", {"state": "published"})
    assert fresh(site).state_changed_by == user
    site.rename("oven", by=user)
    assert (Site, site.pk, {"slug": "kiln"}, {"slug": "oven"}) in told()
    assert FormerSlug.objects.get().slug == "kiln"
    site.withdraw(by=user)
    assert fresh(site).state == "archived"


def test_a_fixture_that_changes_a_row_tells_it(tmp_path):
    path = tmp_path / "kinds.json"
    row = '[{"model": "heritage.kind", "fields": {"uid": "k", "slug": "k", "label": {"en": "%s"}}}]'
    path.write_text(row % "Kiln")
    fixtures.load([path])
    path.write_text(row % "Oven")
    fixtures.load([path])
    kind = Kind.objects.get()
    assert told() == [(Kind, kind.pk, {"label": {"en": "Kiln"}}, {"label": {"en": "Oven"}})]
    assert (last().kind, last().detail) == ("import", {"files": ["kinds.json"]})


# --- reading -------------------------------------------------------------------------------------


def test_the_history_of_a_record_holds_its_rows_and_those_that_are_gone():
    site, other = build.make_site(), build.make_site()
    build.make_name(site, "Gone").delete()
    build.make_event(other)
    part = build.make_part(other, site)
    entry = build.make_designation()
    build.make_coverage(site, entry)
    models_ = [change.model_class() for change in changes_of(site)]
    assert models_ == [Site, Name, Name, type(part), Coverage]
    assert Coverage in {change.model_class() for change in changes_of(entry)}


def test_a_long_history_is_read_in_few_queries(client):
    client.force_login(build.make_user(group="administrator"))
    site = build.make_site()
    for number in range(60):
        build.make_event(site, date=f"0{number + 100}")
        Site.objects.filter(pk=site.pk).update(featured=number)
    counted = []
    for page in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/en/admin/heritage/site/{site.pk}/history/?p={page}")
        assert response.status_code == 200
        counted.append(len(queries))
    assert max(counted) <= 20, counted


def test_the_history_of_a_record_is_found_by_an_index():
    site = build.make_site()
    with connection.cursor() as cursor:  # both read through a table that they know to be small
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        else:
            cursor.execute("ANALYZE heritage_change")
            cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'heritage_change'")
            cursor.execute("ANALYZE sqlite_schema")  # which has the statistics read again
    made = changes_of(site).explain()
    assert "change_owner" in made and "change_former_owner" in made
    assert "SCAN heritage_change" not in made and "Seq Scan on heritage_change" not in made


def test_differences_are_told_by_column_and_language():
    before = {"name": {"en": "Kiln", "fr": "Four"}, "featured": 1, "kinds": [1]}
    after = {"name": {"en": "Oven", "fr": "Four", "zh-hans": "窑"}, "featured": None, "kinds": [1]}
    found = {(d.field.name, d.language, d.old, d.new) for d in differences(Site, before, after)}
    assert found == {
        ("name", "en", "Kiln", "Oven"),
        ("name", "zh-hans", "", "窑"),
        ("featured", "", 1, None),
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("an old kiln", "an odd kiln", [("=", "an "), ("-", "old"), ("+", "odd"), ("=", " kiln")]),
        ("北魏石窟", "北齐石窟", [("=", "北"), ("-", "魏"), ("+", "齐"), ("=", "石窟")]),
        ("", "New", [("+", "New")]),
        ("Same", "Same", [("=", "Same")]),
        ("Built 493.", "Built 494!", [("=", "Built "), ("-", "493."), ("+", "494!")]),
    ],
)  # fmt: skip
def test_differences_are_told_by_word_and_chinese_by_character(old, new, expected):
    assert word_diff(old, new) == expected


# --- undoing -------------------------------------------------------------------------------------


def test_a_change_set_is_undone_and_done_again():
    user = build.make_user()
    kind, other = build.make_kind(), build.make_kind()
    site = build.make_site("Kiln", slug="kiln", kinds=[kind], featured=1)
    name = build.make_name(site, "Gone")
    pk = name.pk
    with change_set("edit", user, "All at once") as made:
        site.featured = 2
        site.summary = build.text("New", "新")
        site.save()
        site.kinds.set([other])
        name.delete()
        added = build.make_event(site)
    undone, conflicts = undo(made, user, "A mistake")
    assert conflicts == []
    assert (undone.kind, undone.undoes, undone.user) == ("undo", made, user)
    assert undone.reason == "A mistake"
    stored = fresh(site)
    assert (stored.featured, stored.summary, list(stored.kinds.all())) == (1, {}, [kind])
    assert Name.objects.get(pk=pk).text == "Gone"
    assert not Event.objects.exists()
    assert "gone" in stored.search_text
    assert undo(made) == (None, [])  # there is nothing left to undo
    _redone, conflicts = undo(undone)
    assert conflicts == []
    assert fresh(site).summary == {"en": "New", "zh-hans": "新"}
    assert Event.objects.get().pk == added.pk
    assert not Name.objects.exists()
    assert_nothing_to_derive()


def _conflicts(conflicts) -> set[tuple]:
    return {(c.model, c.why, c.column, c.language) for c in conflicts}


def test_a_time_is_the_same_in_every_time_zone():
    site, user = build.make_site(state="in_review"), build.make_user()
    at = datetime(2030, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    review.schedule(site, at, user)
    scheduled = Review.objects.get()
    count = Change.objects.count()
    scheduled.publish_at = at
    scheduled.save()
    assert Change.objects.count() == count
    review.schedule(site, at + timedelta(hours=1), user)
    assert undo(last()).conflicts == []
    assert Review.objects.get().publish_at == at


def test_what_is_neither_assigned_nor_scheduled_is_not_cancelled():
    site = build.make_site()
    count = ChangeSet.objects.count()
    review.assign(site, None, build.make_user())
    review.schedule(site, None, build.make_user())
    assert ChangeSet.objects.count() == count
    assert not Review.objects.exists()


def test_what_was_edited_since_stays_by_column_and_language():
    site = build.make_site("Kiln", summary=build.text("Old", "旧"), featured=1)
    with change_set() as made:
        site.summary = build.text("New", "新")
        site.featured = 2
        site.latitude, site.longitude = 34.5, 112.5
        site.save()
    Site.objects.filter(pk=site.pk).update(summary=build.text("Newer", "新"), latitude=35.0)
    conflicts = undo(made).conflicts
    assert _conflicts(conflicts) == {
        (Site, "edited", "summary", "en"),
        (Site, "edited", "latitude", ""),
    } | {(Site, "refused", "", "")}
    assert {str(c) for c in conflicts} >= {"edited since: summary (English)"}


def test_what_can_be_undone_is_undone_beside_conflicts():
    site = build.make_site("Kiln", summary=build.text("Old", "旧"), featured=1)
    with change_set() as made:
        site.summary, site.featured = build.text("New", "新"), 2
        site.save()
    Site.objects.filter(pk=site.pk).update(summary=build.text("Newer", "新"))
    assert _conflicts(undo(made).conflicts) == {(Site, "edited", "summary", "en")}
    stored = fresh(site)
    assert (stored.summary, stored.featured) == ({"en": "Newer", "zh-hans": "旧"}, 1)


def test_relations_are_merged_id_by_id():
    one, two, three = (build.make_kind() for _number in range(3))
    site = build.make_site(kinds=[one])
    with change_set() as made:
        site.kinds.set([two])
    site.kinds.add(three)
    assert undo(made).conflicts == []
    assert set(site.kinds.all()) == {one, three}


def test_what_is_used_since_is_not_deleted():
    with change_set() as made:
        kind = build.make_kind("Kiln")
        place = build.make_place()
        spare = build.make_place()
    site = build.make_site(kinds=[kind])
    build.make_site(place=place)
    conflicts = undo(made).conflicts
    assert _conflicts(conflicts) == {(Kind, "used", "", ""), (Place, "used", "", "")}
    assert {str(c) for c in conflicts} == {"used since by: site"}
    assert not Place.objects.filter(pk=spare.pk).exists()
    site.kinds.clear()
    assert _conflicts(undo(made).conflicts) == {(Place, "used", "", "")}


def test_what_is_gone_or_refers_to_what_is_gone_is_told():
    place, other = build.make_place(), build.make_place()
    site, lost = build.make_site(place=place), build.make_site()
    name = build.make_name(site)
    with change_set() as made:
        Site.objects.filter(pk=site.pk).update(place=other)
        Site.objects.filter(pk=lost.pk).update(featured=1)
        name.delete()
    place.delete()
    lost.delete()
    assert _conflicts(undo(made).conflicts) == {
        (Site, "missing", "place", ""),
        (Site, "gone", "", ""),
    }
    with change_set() as made:
        site.names.get().delete()
    site.delete()
    assert _conflicts(undo(made).conflicts) == {(Name, "missing", "site", "")}


def test_what_another_row_has_taken_is_refused():
    site = build.make_site("Kiln", slug="kiln")
    with change_set() as made:
        site.delete()
    build.make_site("Another", slug="kiln")
    assert _conflicts(undo(made).conflicts) == {(Site, "refused", "", "")}


def test_a_plan_writes_nothing():
    with change_set() as made:
        build.make_site()
    before = Change.objects.count()
    planned = plan(made.changes.all())
    assert [(step.action, step.model) for step in planned.steps] == [("delete", Site)]
    assert Change.objects.count() == before
    assert Site.objects.exists()


def test_one_of_several_deleted_records_comes_back_whole():
    user = build.make_user()
    kind = build.make_kind()
    sites = [build.make_site(f"Site {n}", kinds=[kind], state="draft") for n in range(3)]
    sites[0].publish(by=user)
    for site in sites:
        build.make_name(site, f"Of {site.slug}")
    ids = [site.pk for site in sites]
    published_at = fresh(sites[0]).published_at
    with change_set("bulk") as made:
        Site.objects.all().delete()
    undone = undo_changes(
        made.changes.filter(owner_id=ids[0]).order_by("pk"), None, "undo", undoes=made
    )
    assert undone.conflicts == []
    site = Site.objects.get()
    assert (site.pk, site.published_at, site.state_changed_by) == (ids[0], published_at, user)
    assert (list(site.kinds.all()), site.names.get().text) == ([kind], "Of site-0")
    assert undo(made).conflicts == []
    assert set(Site.objects.values_list("pk", flat=True)) == set(ids)


def test_a_deleted_record_is_restored_with_its_rows_and_its_ties():
    kind, entry = build.make_kind(), build.make_designation()
    lost, other, part = (build.make_site(kinds=[kind]) for _number in range(3))
    build.make_name(lost, "Oven")
    build.make_name(other, "Other")
    build.make_part(part, lost)
    build.make_coverage(lost, entry)
    point = ComponentPoint.objects.create(
        designation=entry, number=1, latitude=1, longitude=1, site=lost
    )
    pk = lost.pk
    with change_set("bulk"):
        Site.objects.filter(pk__in=[lost.pk, other.pk]).delete()
    assert restore_deleted(deletions_of(Site).get(object_id=pk)).conflicts == []
    site = Site.objects.get(pk=pk)
    assert [name.text for name in Name.objects.all()] == ["Oven"]
    assert (site.parts.get().part, site.coverages.get().designation) == (part, entry)
    assert fresh(point).site == site
    assert last().kind == "restore"
    with change_set("bulk"):
        site.kinds.model.objects.filter(pk=kind.pk).delete()
    assert restore_deleted(deletions_of(Kind).get()).conflicts == []
    assert set(Kind.objects.get().sites.all()) == {site, part}


def test_a_record_is_made_what_it_was():
    site = build.make_site("Kiln", featured=1)
    build.make_name(site, "Then")
    then = changes_of(site).last()
    site.names.all().delete()
    build.make_name(site, "Now")
    site.featured, site.summary = 2, build.text("Now")
    site.save()
    assert undo_since(site, then, only={(Site, site.pk): {"summary": ""}}).conflicts == []
    assert (fresh(site).summary, fresh(site).featured) == ({}, 2)
    assert undo_since(site, then).conflicts == []
    assert fresh(site).featured == 1
    assert [name.text for name in site.names.all()] == ["Then"]
    assert last().kind == "undo"


def test_an_address_whose_change_is_undone_still_redirects():
    site = build.make_site("Kiln", slug="kiln")
    site.rename("oven")
    undone, conflicts = undo(last())
    assert conflicts == []
    assert fresh(site).slug == "kiln"
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["oven"]
    assert undo(undone).conflicts == []
    assert (fresh(site).slug, FormerSlug.objects.get().slug) == ("oven", "kiln")


def test_a_tree_is_undone_and_done_again():
    with change_set() as made:
        top = build.make_place(slug="top")
        build.make_place(slug="below", parent=build.make_place(slug="middle", parent=top))
    undone, conflicts = undo(made)
    assert (conflicts, Place.objects.count()) == ([], 0)
    assert undo(undone).conflicts == []
    assert Place.objects.get(slug="below").parent.parent_id == top.pk


def test_one_record_is_taken_out_of_a_large_deletion_by_the_database():
    kind = build.make_kind("Kiln")
    site, other, third = (build.make_site(name, kinds=[kind]) for name in ("A", "B", "C"))
    event = build.make_event(site)
    build.make_event(other)
    whole = build.make_part(site, other)
    with change_set():
        kind.delete()
        Site.objects.filter(pk__in=[site.pk, other.pk]).delete()
    with CaptureQueriesContext(connection) as asked:
        found = changes_with(deletions_of(Site).get(object_id=site.pk))
    rows = {(change.model_class(), change.object_id) for change in found}
    assert {(Site, site.pk), (Event, event.pk), (PartOf, whole.pk)} <= rows
    assert sum(model is Event for model, _pk in rows) == 1
    [question] = [each["sql"] for each in asked if 'FROM "heritage_change"' in each["sql"]][-1:]
    assert "owner_id" in question.partition("WHERE")[2]
    of_kind = changes_with(deletions_of(Kind).get())
    assert {change.object_id for change in of_kind if change.model_class() is Site} == {
        site.pk,
        other.pk,
        third.pk,
    }
