"""`manage.py thin_history`: first and last states stay, who and when, and nothing is wrong."""

import io
import random
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from heritage.models import Change, ChangeSet, Site, ThinnedHistory
from heritage.models.row_values import recorded_relations
from heritage.models.unit_of_work import change_set
from heritage.services import thinning, undo
from heritage.services.history import changes_of
from heritage.services.verification import history
from heritage.values.finding import Finding
from tests.builders import make_name, make_site, make_user
from tests.random_catalogue import Catalogue
from tests.random_writes import rounds, write_if_possible

pytestmark = pytest.mark.django_db
OLD = timezone.now() - timedelta(days=2000)
BEFORE = timezone.localdate(timezone.now() - timedelta(days=500))


def run(*options, before: date = BEFORE) -> str:
    out = io.StringIO()
    call_command("thin_history", "--before", str(before), *options, stdout=out)
    return out.getvalue()


def on_day(number: int):
    """All change sets that are not dated yet are of this day."""
    recent = timezone.now() - timedelta(days=1)
    ChangeSet.objects.filter(at__gt=recent).update(at=OLD + timedelta(days=number))


def edited(values, user=None) -> Site:
    """A site whose rank was given these values, one a day, and then one of today."""
    site = make_site("Longmen")
    on_day(0)
    for number, value in enumerate(values, 1):
        with change_set(user=user, reason=f"day {number}"):
            site.featured = value
            site.save()
        on_day(number)
    with change_set(reason="today"):
        site.featured = 99
        site.save()
    return site


def told(site) -> list[tuple]:
    found = changes_of(site).filter(model__model="site")
    return [((c.before or {}).get("featured"), c.after.get("featured")) for c in found]


def findings() -> list[Finding]:
    return [each for each in history() if isinstance(each, Finding)]


def test_the_first_and_the_last_state_stay():
    user = make_user("li")
    site = edited([1, 2, 3, 4], user)
    sets = list(ChangeSet.objects.order_by("pk").values_list("at", "user", "reason"))
    assert told(site) == [(None, None), (None, 1), (1, 2), (2, 3), (3, 4), (4, 99)]
    said = run("--apply")
    assert "3 changes of 1 rows, in 1 records, were combined" in said
    assert told(site) == [(None, None), (None, 4), (4, 99)]
    assert list(ChangeSet.objects.order_by("pk").values_list("at", "user", "reason")) == sets
    assert findings() == []
    assert "0 changes of 0 rows" in run("--apply")


def test_it_is_known_for_which_time_nothing_is_known():
    site = edited([1, 2, 3])
    run("--apply")
    thinned = ThinnedHistory.objects.for_record(site)
    assert thinned.changes == 2 and len(thinned.change_sets) == 2
    known = [thinned.covers(OLD + timedelta(days=day)) for day in (0, 0.5, 1, 2.5, 3, 4)]
    assert known == [False, False, True, True, False, False]
    assert [each.reason for each in thinning.sets_of(thinned)] == ["day 2", "day 1"]
    assert ThinnedHistory.objects.for_record(make_site("Other")) is None


def test_a_dry_run_writes_nothing_and_counts_the_same():
    site = edited([1, 2, 3, 4])
    before = told(site)
    said = [run(), run("--dry-run")]
    assert said[0] == said[1] and "Nothing was written" in said[0]
    assert "3 changes of 1 rows, in 1 records, would be" in said[0]
    assert told(site) == before and not ThinnedHistory.objects.exists()
    assert "3 changes of 1 rows" in run("--apply")


def test_the_last_400_days_are_never_thinned():
    edited([1, 2, 3])
    for days in (0, 399):
        with pytest.raises(CommandError, match="400 days are never thinned"):
            run("--apply", before=timezone.localdate(timezone.now() - timedelta(days=days)))
    ChangeSet.objects.update(at=timezone.now() - timedelta(days=450))
    assert "0 changes" in run("--apply")  # 500 days


def test_again_later_the_ranges_grow():
    site = edited([1, 2, 3, 4, 5, 6])
    run("--apply", before=timezone.localdate(OLD + timedelta(days=4)))
    assert told(site) == [(None, None), (None, 3), (3, 4), (4, 5), (5, 6), (6, 99)]
    run("--apply")
    assert told(site) == [(None, None), (None, 6), (6, 99)]
    thinned = ThinnedHistory.objects.for_record(site)
    assert (thinned.changes, len(thinned.change_sets)) == (5, 5)
    assert (thinned.until - thinned.since).days == 5


def test_what_went_back_leaves_no_difference():
    site = edited([1, 2, None])
    run("--apply")
    assert told(site) == [(None, None), (None, None), (None, 99)]
    assert findings() == []


def test_deletions_stay_whole_so_that_a_record_can_be_restored():
    site = edited([1, 2, 3])
    make_name(site, "Dragon Gate")
    pk = site.pk
    site.delete()
    on_day(10)
    run("--apply")
    deletion = Change.objects.get(model__model="site", object_id=pk, after__isnull=True)
    undo.restore_deleted(deletion)
    back = Site.objects.get(pk=pk)
    assert back.featured == 99 and back.names.get().text == "Dragon Gate"
    assert findings() == []


def test_undo_of_a_thinned_set_says_why_it_cannot(client):
    site = edited([1, 2, 3])
    first, *_others, last = [ChangeSet.objects.get(reason=f"day {number}") for number in (1, 2, 3)]
    run("--apply")
    for each in (first, last):
        each.refresh_from_db()
        with pytest.raises(undo.ThinnedChangeSet, match="thin_history"):
            undo.undo(each)
        with pytest.raises(CommandError, match="cannot be undone"):
            call_command("undo", each.pk)
    client.force_login(make_user("wang", group="administrator"))
    path = f"/en/admin/heritage/changeset/{last.pk}/"
    assert "cannot be undone" in client.get(f"{path}change/").content.decode()
    page = client.get(f"{path}undo/").content.decode()
    assert "cannot be undone" in page and "undo-form" not in page
    assert client.post(f"{path}undo/", {"plan": ""}).status_code == 403
    of_record = f"/en/admin/heritage/site/{site.pk}/history/"
    shown = client.get(of_record).content.decode()
    assert "was thinned: 2 changes were combined" in shown and "day 2" not in shown
    page = client.get(f"{of_record}{first.pk}/undo/").content.decode()
    assert "undo-form" not in page and "cannot be undone" in page
    page = client.get(f"{of_record}{last.pk}/undo/").content.decode()
    assert "undo-form" in page  # what it was after that is known
    one = f"{of_record}{last.pk}/undo/?row=site-{site.pk}&column=featured"
    assert "undo-form" not in client.get(one).content.decode()
    today = ChangeSet.objects.get(reason="today")
    undo.undo(today)
    site.refresh_from_db()
    assert site.featured == 3


@pytest.mark.parametrize("seed", range(rounds(2)))
def test_every_state_that_is_told_is_one_that_was(seed):
    """Random writes over years; each state of a row that is left was there before."""
    catalogue = Catalogue(random.Random(seed))
    for number in range(50):
        write_if_possible(catalogue)
        on_day(number * 24)
    before, days = states(), int((thinning.latest_allowed() - OLD).days)
    run("--apply", before=(OLD + timedelta(days=days - 50)).date())
    after = states()
    assert after.keys() == before.keys()
    for row, of_row in after.items():
        assert of_row[-1] == before[row][-1] and of_row[0] == before[row][0]
        left = iter(before[row])
        assert all(state in left for state in of_row), row  # in their order
    assert sum(map(len, after.values())) < sum(map(len, before.values()))
    assert findings() == []


def states() -> dict[tuple, list]:
    """All values of each row after each of its changes, None once it was deleted."""
    found: dict[tuple, list] = {}
    for change in Change.objects.order_by("pk"):
        of_row = found.setdefault((change.model_id, change.object_id), [])
        if change.after is None:
            of_row.append(None)
        elif change.before is None:  # relations are told once there are any
            relations = recorded_relations(change.model_class())
            of_row.append({field.name: [] for field in relations} | change.after)
        else:
            of_row.append({**((of_row[-1] if of_row else None) or {}), **change.after})
    return found


def test_a_day_is_asked_for():
    with pytest.raises(CommandError):
        run(before="some day")
