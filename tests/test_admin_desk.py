"""The desk: its counts are those of the lists they lead to, and cost few queries."""

import re
from collections import defaultdict
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from heritage.admin.changes import history, written_records
from heritage.models import (
    Change,
    ChangeSet,
    CommandRun,
    Correction,
    Opening,
    Review,
    Site,
    untracked,
)
from heritage.models.labels import label_of
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.services import review
from heritage.services.undo import undo
from tests import builders as build

pytestmark = pytest.mark.django_db
DESK = reverse("admin:index")
STAMPS = ("created_at", "updated_at", "state_changed_at")


@pytest.fixture
def sites(editor):
    """One complete, one that lacks all, a namesake 700 m away, and some that are not published."""
    kind, place = build.make_kind("Temple", "寺庙"), build.make_place("Luoyang", "洛阳")
    whole = build.make_site(
        "Guanlin Temple",
        "关林",
        kinds=[kind],
        place=place,
        summary=build.text("A temple.", "庙。"),
        latitude=34.61,
        longitude=112.47,
    )
    build.make_image(whole)
    bare = build.make_site("Bare", "", kinds=[kind])
    again = build.make_site(
        "Guānlín temple",
        "",
        kinds=[kind],
        place=place,
        summary=build.text("Again."),
        latitude=34.6163,
        longitude=112.47,
    )
    build.make_site("Reviewed", state="in_review")
    with change_set(user=editor):
        build.make_site("Mine", state="draft")
    build.make_site("Another's", state="draft")
    Correction.objects.create(site=whole, topic="dates", text="Not 1592.", language="en")
    today = timezone.localdate()
    Opening.objects.create(
        site=whole, opens="08:00", closes="18:00", checked_on=today - timedelta(days=400)
    )
    Opening.objects.create(site=whole, opens="09:00", closes="17:00", checked_on=today)
    Opening.objects.create(site=bare, opens="09:00", closes="17:00")
    return whole, bare, again


def counts(client):
    context = client.get(DESK).context
    found = [*context["tasks"], *context["gaps"]]
    for check in context["checks"]:
        found += check.parts
    return found


def test_each_count_is_that_of_its_list(client, sites):
    build.make_image(sites[0], alt={"en": "A gate"})
    build.make_image(sites[0], published=False, alt={})
    found = counts(client)
    for task in found:
        listed = client.get(task.url).context["cl"].result_count
        assert (task.label, task.url, listed) == (task.label, task.url, task.count)
    # No picture, no point, no place, no text in English and in Chinese; a temple twice. Of pictures
    # one has no alternative text in English, and none has one in Chinese.
    assert [task.count for task in found[-2:]] == [1, 2]
    assert [task.count for task in found[:-2]] == [1, 1, 1, 2, 1, 1, 1, 2, 2, 1, 0, 0, 1, 0, 0]


def test_what_is_assigned_to_me_is_counted_and_listed(client, editor, sites):
    site = Site.objects.get(state="in_review")
    Review.objects.create(site=site, assigned_to=editor)
    [task] = [task for task in counts(client) if "by=assigned" in task.url]
    assert (task.label, task.count) == ("Assigned to me", 1)
    assert list(client.get(task.url).context["cl"].result_list) == [site]


def test_namesakes_far_apart_are_no_doubt(client, sites):
    sites[2].latitude = 35
    sites[2].save()
    [doubt] = [task for task in counts(client) if "doubt=twice" in task.url]
    assert doubt.count == 0


def test_the_latest_changes_are_readable_and_lead_to_the_history(client, editor, sites):
    with change_set(user=editor, reason="After the visit"):
        sites[1].summary = build.text("Bare no more.")
        sites[1].save()
    build.make_site("Gone").delete()
    work = client.get(DESK).context["work"]
    assert work[0].records[0].name == "Gone, deleted"
    assert "Restore “Gone”?" in client.get(work[0].records[0].url).content.decode()
    told = next(each for each in work if each.comment == "After the visit")
    assert (told.who, told.records[0].name) == ("li", "Bare")
    assert told.records[0].url == reverse("admin:heritage_site_history", args=[sites[1].pk])


def test_the_latest_changes_say_what_was_done_where_nobody_has(client, editor, sites):
    with change_set(user=editor):
        sites[1].delete()
    made = ChangeSet.objects.latest("pk")
    undo(made, editor)
    with change_set("restore", editor):
        sites[2].summary = build.text("As it was.")
        sites[2].save()
    work = client.get(DESK).context["work"]
    said = ["Restoration: changed Summary (English)", "Undo: added site", "Deleted site"]
    assert [each.comment.split(",")[0] for each in work[:3]] == said


def test_of_a_change_set_that_is_not_read_to_its_end_nothing_is_counted(
    client, editor, sites, monkeypatch
):
    with change_set(user=editor):
        sites[1].delete()
    undo(ChangeSet.objects.latest("pk"), editor)
    with change_set(user=editor):
        for site in sites[2:]:
            site.summary = build.text("As it was.")
            site.save()
    monkeypatch.setattr(history, "MAX_ROWS", 1)
    work = client.get(DESK).context["work"]
    assert [each.comment for each in work[:3]] == ["Changed Summary (English)", "Undo", ""]


@pytest.mark.parametrize(
    ("most", "counted", "more", "rows"),
    [(2_000, 20_000, 1, 0), (5, 20_000, 1, 0), (5, 7, 0, 8)],
    ids=["read whole", "counted", "too many to be counted"],
)
def test_a_large_change_set_leaves_older_ones_their_records(
    client, editor, sites, monkeypatch, most, counted, more, rows
):
    with change_set(user=editor, reason="Before"):
        sites[0].summary = build.text("A temple of old.")
        sites[0].save()
    with change_set("bulk", editor, reason="Many"):
        for summary in ("First.", "Second."):
            for site in Site.objects.filter(state__in=["published", "draft"]).order_by("pk")[:4]:
                site.summary = build.text(summary)
                site.save()
    monkeypatch.setattr(written_records, "MAX_ROWS", most)
    monkeypatch.setattr(written_records, "COUNTED", counted)
    many, before = client.get(DESK).context["work"][:2]
    told = [(each.comment, [record.name for record in each.records]) for each in (many, before)]
    whole, bare, again = (label_of(site) for site in sites)
    assert told == [("Many", [whole, bare, again]), ("Before", [whole])]
    assert (many.more, many.rows, before.more, before.rows) == (more, rows, 0, 0)


@pytest.fixture
def a_year_of_writing(editor, sites):
    """1,000 change sets after an import that wrote most rows of the history."""
    site, model = sites[0], ContentType.objects.get_for_model(Site)

    def change(of, pk):
        return Change(
            change_set=of,
            model=model,
            object_id=pk,
            owner_model=model,
            owner_id=pk,
            before={"summary": {"en": "Once."}},
            after={"summary": {"en": "Now."}},
        )

    now = timezone.now()
    untracked(Site).bulk_create(
        Site(uid=f"n{n}", slug=f"n{n}", state="archived", **dict.fromkeys(STAMPS, now))
        for n in range(300)
    )
    imported = ChangeSet.objects.create(kind="import", detail={"files": ["henan.json"]})
    Change.objects.bulk_create(change(imported, 1_000_000 + n) for n in range(20_000))
    made = ChangeSet.objects.bulk_create(ChangeSet(kind="edit", user=editor) for _ in range(1_000))
    Change.objects.bulk_create(change(each, site.pk) for each in made)
    with connection.cursor() as cursor:
        for table in ("change", "changeset", "site"):
            cursor.execute(f"ANALYZE heritage_{table}")


@pytest.mark.parametrize(
    ("address", "most"),
    [(DESK, 20), (reverse("admin:heritage_changeset_changelist"), 14)],
    ids=["desk", "change sets"],
)
def test_neither_the_history_nor_the_sites_are_read_through(
    client, a_year_of_writing, address, most
):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).content.decode()
    assert page.count("Changed Summary (English)") == (12 if address == DESK else 50)
    assert len(queries) == most
    if connection.vendor == "sqlite":
        assert [each["sql"] for each in queries if _reads_through(each["sql"])] == []


LARGE = {f"heritage_{name}" for name in ("change", "site", "opening", "price", "visitingfact")}


def _reads_through(sql):
    """Whether all rows of a large table are read, or those of change sets to sort them.

    The latest change sets alone are read where nothing is sorted; their rows are few and narrow.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[-1] for row in cursor.fetchall()]
    tables = defaultdict(set)  # one alias may stand for another table in each subquery
    for table, alias in re.findall(r'"(heritage_\w+)" "?(U\d)\b', sql):
        tables[alias].add(table)
    is_sorted = any("ORDER BY" in step for step in plan)
    for step in plan:
        scanned = re.match(r"SCAN (\w+)( USING .*)?$", step)
        if scanned and not scanned[2] and LARGE & (tables[scanned[1]] or {scanned[1]}):
            return True
        if scanned and scanned[1] in ("heritage_changeset", "U1") and is_sorted:
            return True
    return False


def test_the_head_of_every_page_tells_what_waits(client, sites):
    page = client.get(reverse("admin:heritage_source_changelist")).content.decode()
    assert '<span class="badge">1</span>' in page
    assert "Corrections" in page


def test_who_may_see_less_is_shown_less(client, sites):
    client.force_login(build.make_user("nobody", is_staff=True))
    context = client.get(DESK).context
    assert [context[name] for name in ("tasks", "gaps", "checks", "work")] == [[], [], [], []]


@pytest.mark.parametrize(
    ("ran", "due", "says", "is_late"),
    [  # minutes since it ran and since the times that were set
        (None, [], "", False),
        (None, [-60], "has never run. 1 record waits for it.", False),
        (None, [20, -60], "has never run. 2 records wait for it. The operator has to", True),
        (0, [-60], "last ran less than a minute ago.", False),
        (200, [-60], "last ran 3 hours ago.", False),
        (200, [14], "last ran 3 hours ago.", False),
        (200, [14, 16, 90], "last ran 3 hours ago. 2 records wait for it. The operator has", True),
    ],
)
def test_the_desk_says_when_scheduled_publishing_last_ran(client, ran, due, says, is_late):
    now = timezone.now()
    if ran is not None:
        call_command("publish_due")
        assert CommandRun.objects.filter(command="publish_due", at__gte=now).exists()
        CommandRun.objects.update(at=now - timedelta(minutes=ran))
    for minutes in due:
        site = build.make_site(f"Due {minutes}", state="in_review")
        Review.objects.create(site=site, publish_at=now - timedelta(minutes=minutes))
    client.force_login(build.make_user(group="editor"))
    told = client.get(DESK).context["scheduled"]
    if not says:
        assert told is None
        return
    text = told.text.replace("\xa0", " ")
    assert text.startswith(f"Scheduled publishing {says}") and told.is_late == is_late
    assert is_late == ("publish_due" in text)
    with override("zh-hans"):
        chinese = client.get(reverse("admin:index")).context["scheduled"].text
    assert chinese.startswith("定时发布") and chinese.count("条记录") == says.count("record")


def test_a_run_that_failed_is_none(monkeypatch):
    def fail(*args):
        raise OSError

    site = build.make_site("Due", state="in_review")
    Review.objects.create(site=site, publish_at=timezone.now())
    monkeypatch.setattr(review, "_publish_one", fail)
    with pytest.raises(OSError):
        call_command("publish_due")
    assert not CommandRun.objects.exists()


def test_the_desk_asks_few_queries(client, sites):
    for number in range(8):
        build.make_site(f"Site {number}")
    client.get(DESK)
    store.current().cache.clear()
    with CaptureQueriesContext(connection) as queries:
        client.get(DESK)
    assert len(queries) <= 26
    assert Site.objects.count() == 14


def test_the_version_stands_at_the_foot_of_the_admin(client, editor, settings):
    assert f"Version {settings.VERSION}" in client.get(DESK).content.decode()
    assert f"版本 {settings.VERSION}" in client.get("/zh-hans/admin/").content.decode()
    assert client.get("/readyz").json()["version"] == settings.VERSION
