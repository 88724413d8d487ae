"""Writes made at random: what follows from them is right, the history tells exactly what they did,
and undone one by one they leave the database as it was before each.
"""

import random
from contextlib import suppress

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from heritage.models import (
    Change,
    ChangeSet,
    Event,
    FormerSlug,
    Kind,
    Name,
    PendingRefresh,
    Place,
    Record,
    Site,
)
from heritage.models.row_values import (
    linked_ids,
    plain_object,
    plain_row,
    recorded_relations,
    stored_rows,
)
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.services import jobs, pending, undo_in_batches
from heritage.services.conflicts import Since
from heritage.services.history import net_changes
from heritage.services.undo import undo
from tests.builders import make_name, text
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive
from tests.random_catalogue import Catalogue
from tests.random_writes import rounds, some_site, write

pytestmark = pytest.mark.django_db

RECORDS = [m for m in apps.get_app_config("heritage").get_models() if issubclass(m, Record)]
CHANGE_SETS = 10


def everything() -> dict[tuple, dict]:
    """Every row with all that is kept of it."""
    found = {}
    for model in RECORDS:
        rows = stored_rows(model, model.objects.values_list("pk", flat=True))
        links = {field.name: linked_ids(field, rows) for field in recorded_relations(model)}
        for pk, row in rows.items():
            found[model, pk] = plain_row(model, row) | {n: ids[pk] for n, ids in links.items()}
    return found


def without_addresses(rows: dict) -> dict:
    """An address redirects for ever, also if its change is undone."""
    return {key: row for key, row in rows.items() if key[0] is not FormerSlug}


def difference(before: dict, after: dict) -> dict[tuple, tuple]:
    """What was done between two states, as a folded history tells it."""
    told = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            told[key] = (old, new)
        elif old != new:
            names = [name for name in new if old[name] != new[name]]
            told[key] = ({n: old[n] for n in names}, {n: new[n] for n in names})
    return told


def history(made: ChangeSet) -> dict[tuple, tuple]:
    told = {}
    for row in net_changes(made.changes.order_by("pk")):
        before = row.before
        if row.after is None:  # with what is kept only so that it can be restored
            before = {n: v for n, v in before.items() if n not in row.model.recorded_when_deleted}
        told[row.model, row.object_id] = (before, row.after)
    return told


def opened_at(number: int, states: list[dict]) -> dict[tuple, dict]:
    """All rows as whoever opened them at a change had them, from what is stored now."""
    found, keys = {}, {key for state in states for key in state}
    for model in RECORDS:
        ids = [pk for each, pk in keys if each is model]
        since, stored = Since({(model, pk): [number] for pk in ids}), model.objects.in_bulk(ids)
        links = {field.name: linked_ids(field, stored) for field in recorded_relations(model)}
        for pk in ids:
            if opened := since.opened((model, pk), number, stored.get(pk)):
                row, relations = opened
                now = {name: ids[pk] for name, ids in links.items() if pk in ids}
                found[model, pk] = plain_object(row) | now | relations
    return found


# --- writes beside those of tests.random_writes ----------------------------------------


def _move_about(catalogue: Catalogue) -> None:
    """A row that stays in memory while it moves, is refreshed and moves again."""
    row = Name.objects.filter(text__startswith="Wanderer").first()
    if row is None or catalogue.dice.random() < 0.5:
        row = make_name(some_site(catalogue), f"Wanderer {catalogue.dice.random()}")
    for _step in range(catalogue.dice.randint(1, 3)):
        if catalogue.dice.random() < 0.3:
            row.refresh_from_db()
        if catalogue.dice.random() < 0.3:
            row = Name.objects.defer("site", "text").get(pk=row.pk)
        if catalogue.dice.random() < 0.2:
            some_site(catalogue).names.add(row)
            continue
        row.site = some_site(catalogue)
        row.save()


def _rename(catalogue: Catalogue) -> None:
    slug = f"renamed-{catalogue.dice.randint(1, 1_000_000)}"
    pk = some_site(catalogue).pk
    site = catalogue.dice.choice([Site.objects, Site.objects.defer("slug", "state")]).get(pk=pk)
    match catalogue.dice.randint(0, 3):
        case 0:
            site.rename(slug)
        case 1:
            Site.objects.filter(pk=pk).update(slug=slug)
        case 2:
            site.slug = slug
            Site.objects.bulk_update([site], ["slug"])
        case 3:
            site.refresh_from_db()
            site.slug = slug
            site.save()


def _rename_back(catalogue: Catalogue) -> None:
    former = FormerSlug.objects.order_by("?").first()
    if former:
        with transaction.atomic():
            former.site.rename(former.slug)


def _state(catalogue: Catalogue) -> None:
    pk = some_site(catalogue).pk
    site = Site.objects.only(*catalogue.dice.choice([["featured"], ["state"], ["slug"]])).get(pk=pk)
    site.state = catalogue.dice.choice(Site.State.values)
    site.save()


def _many(catalogue: Catalogue) -> None:
    dice = catalogue.dice
    match dice.randint(0, 4):
        case 0:
            Site.objects.update(featured=dice.choice([None, 1, 2]))
        case 1:
            sites = list(Site.objects.all())
            for site in sites:
                site.summary = text(f"Summary {dice.randint(1, 3)}")
            Site.objects.bulk_update(sites, ["summary"])
        case 2:
            events = [catalogue.event(site) for site in Site.objects.all()]
            Event.objects.bulk_create(events)
        case 3:
            kind = dice.choice(catalogue.kinds)
            Site.objects.bulk_add("kinds", [(site.pk, kind.pk) for site in Site.objects.all()])
        case 4:
            Name.objects.filter(text__startswith="Wanderer").delete()


def _relate(catalogue: Catalogue) -> None:
    dice, site = catalogue.dice, some_site(catalogue)
    kind = dice.choice(catalogue.kinds)
    match dice.randint(0, 4):
        case 0:
            kind.sites.set(Site.objects.order_by("?")[:3])
        case 1:
            kind.sites.clear()
        case 2:
            site.kinds.clear()
        case 3:
            site.also_in.set(dice.sample(catalogue.places, 2))
        case 4:
            site.sources.add(catalogue.source)


def _delete_terms(catalogue: Catalogue) -> None:
    """With what sites had of them; those that are needed are refused."""
    model = catalogue.dice.choice([Kind, Place])
    ids = list(model.objects.filter(children=None).values_list("pk", flat=True))
    chosen = catalogue.dice.sample(ids, min(2, len(ids)))
    with suppress(DatabaseError), transaction.atomic():
        model.objects.filter(pk__in=chosen).delete()
    catalogue.kinds = list(Kind.objects.order_by("pk"))
    catalogue.places = list(Place.objects.order_by("pk"))


def _delete_many(catalogue: Catalogue) -> None:
    Site.objects.filter(pk__in=[some_site(catalogue).pk, some_site(catalogue).pk]).delete()


MORE = [_move_about, _move_about, _rename, _rename, _rename_back, _state, _many, _relate,
        _delete_terms, _delete_many]  # fmt: skip


def assert_all_is_derived() -> None:
    pending.finish()
    assert PendingRefresh.objects.sites_left() == 0
    assert_nothing_to_derive()


class RolledBack(Exception):
    pass


def _one_write(catalogue: Catalogue) -> None:
    """One write; a fifth of them in a savepoint that is rolled back."""
    rolls_back = catalogue.dice.random() < 0.2
    with suppress(DatabaseError, ObjectDoesNotExist, RolledBack), transaction.atomic():
        if catalogue.dice.random() < 0.4:
            write(catalogue)
        else:
            catalogue.dice.choice(MORE)(catalogue)
        if rolls_back:
            raise RolledBack
    catalogue.kinds = list(Kind.objects.order_by("pk"))
    catalogue.places = list(Place.objects.order_by("pk"))


@pytest.mark.parametrize("seed", range(rounds(4)))
def test_whatever_is_written_is_derived_told_undone_and_done_again(seed, settings):
    settings.REFRESHED_AT_ONCE = seed % 2 * 2  # sites of terms: all at once, or few
    catalogue = Catalogue(random.Random(seed))
    default_storage.save("images/x.png", ContentFile(b""))  # what its pictures name
    catalogue.populate(8)
    states, made, numbers = [everything()], [], [Change.objects.latest("pk").pk]
    while len(made) < CHANGE_SETS:
        count = ChangeSet.objects.count()
        with change_set(reason=f"{len(made)}"):
            for _number in range(catalogue.dice.randint(1, 3)):
                _one_write(catalogue)
        state = everything()
        if ChangeSet.objects.count() == count:
            assert state == states[-1]  # nothing was told, and nothing done
            continue
        states.append(state)
        made.append(ChangeSet.objects.latest("pk"))
        numbers.append(made[-1].changes.latest("pk").pk)
        assert history(made[-1]) == difference(*states[-2:])
        assert_all_is_derived()
        assert_as_rebuilt(store.current())

    assert [opened_at(number, states) for number in numbers] == states

    undone = []
    for change, before in zip(reversed(made), reversed(states[:-1]), strict=True):
        result, conflicts = undo(change)
        assert conflicts == []
        assert without_addresses(everything()) == without_addresses(before)
        if result:
            undone.append(result)
        else:
            undone.append(None)  # only addresses had changed
    assert_all_is_derived()
    assert_as_rebuilt(store.current())
    for change, after in zip(reversed(undone), states[1:], strict=True):
        if change:
            assert undo(change).conflicts == []
        assert without_addresses(everything()) == without_addresses(after)
    assert_all_is_derived()
    assert_as_rebuilt(store.current())


@pytest.mark.parametrize("seed", range(rounds(3)))
def test_a_change_set_undone_in_batches_leaves_what_was_there_before(seed, monkeypatch):
    """Of several transactions, and of writes that depend on one another."""
    monkeypatch.setattr(undo_in_batches, "CHANGES", 4)
    catalogue = Catalogue(random.Random(100 + seed))
    default_storage.save("images/x.png", ContentFile(b""))
    catalogue.populate(8)
    before, made = everything(), None
    for _transaction in range(4):
        with change_set("import", continues=made) as running:
            for _number in range(4):
                _one_write(catalogue)
        made = running if running.pk else None
    after = everything()
    assert made is not None and history(made) == difference(before, after)
    assert_all_is_derived()
    for changed, wanted in ((made, before), (None, after)):  # undone, and done again
        changed = changed or ChangeSet.objects.latest("pk")
        job = jobs.run_here("undo", change_set=changed.pk, keeps_fit=False)
        assert (job.state, list(map(str, job.lines.all()))) == ("done", [])
        assert without_addresses(everything()) == without_addresses(wanted)
        assert list(job.change_sets.values_list("undoes", flat=True)) == [changed.pk]
        assert_all_is_derived()
        assert_as_rebuilt(store.current())
