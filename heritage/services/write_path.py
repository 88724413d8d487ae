"""The order of steps of every write to a record, whether from admin, fixture or shell.

1. `with change_set(kind, user, reason):` says what belongs together; without it each save is a
   change set of its own. Both are one transaction (`models.unit_of_work`).
2. `Record.save()`, `delete()`, the methods of `RecordQuerySet` and many-to-many relations: before
   a row is written, the lock of the change log is taken and the row is read as it is stored. So
   an old owner, state or address is known whatever the caller has in memory. `Record.derive()`
   sets the columns that follow from the row's own others.
3. Right after it a site's former address is kept, and what was changed is noted; the history
   (`models.history`) is entered at the end, or at once where it may be rolled back to a savepoint.
4. At the end of the transaction, once: standing of designations, denormalised columns and full
   text of the sites concerned (`dependencies`, `denormalized`), the dates of sites of
   which only rows were written and of those of which readers see something else, entries
   in the change log (`IndexChange`).
5. Once it is committed, the small sizes of new pictures are made (`renditions`), and what was
   withdrawn has no tiles any more (`tiles`).

These bypass all steps: `QuerySet.update()` of plain querysets (`models.base.untracked`), for
derived columns and for keys to an account that is deleted; and raw SQL.

`SiteDate` says since when readers see something else of a site. Sitemaps, feeds and the headers and
data of pages say that date, so that whoever reads the catalogue again learns what is new. It moves
when something that the page of a published site or its data say was written: a column of the site,
a row of its, an entry of a register that covers it, or what it shows of a term or a source
(`dependencies.COLUMN_EFFECTS`). It does not move for what nobody but editors sees, such as a
comment, a row that is not published, or the exact place of a point that is blurred for the public.

This module is all that connects Django's signals with it: they are sent for the raw rows of
`loaddata` and for deletions that cascade, too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import SET_NULL
from django.db.models.signals import post_save, pre_delete, pre_save
from django.utils import timezone

from heritage.models import Change, ChangeSet, Designation, Image, IndexChange, Site, SiteDate, User
from heritage.models.base import Record, chunks, derive_stored, untracked
from heritage.models.history import USER_IS_GONE
from heritage.models.row_values import (
    column,
    insert_rows,
    is_carried,
    linked_ids,
    plain_object,
    plain_row,
    recorded_relations,
    stored_rows,
    update_columns,
)
from heritage.models.sites import public_point
from heritage.models.tracked import TrackedModel
from heritage.models.unit_of_work import (
    UnitOfWork,
    Written,
    indexed_rows_are_to_be_written,
    unit_ends,
    unit_of_work,
)
from heritage.services import denormalized, pending, renditions
from heritage.services.dependencies import (
    COLUMN_EFFECTS,
    SITES_OF,
    SITES_THAT_SHOW,
    ColumnEffect,
    effect_of,
    referring_columns,
    sites_of,
)


def connect() -> None:
    """Called once the app is ready."""
    indexed_rows_are_to_be_written.connect(_before_rows, dispatch_uid="write_path")
    unit_ends.connect(_on_unit_end, dispatch_uid="write_path")
    pre_delete.connect(_before_user_is_deleted, sender=User, dispatch_uid="write_path")
    for model in apps.get_app_config("heritage").get_models():
        if issubclass(model, Record):
            pre_save.connect(_before_save, sender=model, dispatch_uid="write_path")
            post_save.connect(_after_save, sender=model, dispatch_uid="write_path")
            pre_delete.connect(_before_delete, sender=model, dispatch_uid="write_path")


def _before_rows(sender: Any, **kwargs: Any) -> None:
    # Before any row is locked: two writers who wait for each other would never end.
    IndexChange.objects.lock()


def _before_user_is_deleted(instance: User, **kwargs: Any) -> None:
    """Keep in the history that a person made these changes, though the account is gone."""
    IndexChange.objects.lock()
    for chunk in chunks(list(ChangeSet.objects.filter(user=instance).values_list("pk", flat=True))):
        made = list(ChangeSet.objects.filter(pk__in=chunk))
        for change_set in made:
            change_set.detail[USER_IS_GONE] = True
        update_columns(ChangeSet, [(change_set, ["detail"]) for change_set in made])
    _clear_keys_to(instance)


def _clear_keys_to(user: User) -> None:
    """Empty keys such as `created_by`, so that Django finds no row in which to do it.

    Otherwise each site that the account has created would be entered in the change log.
    """
    for model, key in referring_columns(User):
        if key.remote_field.on_delete is SET_NULL and not is_carried(key):
            untracked(model).filter(**{key.name: user}).update(**{key.name: None})


# --- one row ---------------------------------------------------------------------------------


def _before_save(
    sender: Any, instance: Any, update_fields: Any, raw: bool = False, **kwargs: Any
) -> None:
    copied = {}
    if raw:  # a copy of a database tells them as they were there
        names = [column(sender, name).attname for name in sender.copied_fields]
        copied = {name: instance.__dict__[name] for name in names if instance.__dict__.get(name)}
    with unit_of_work() as unit:
        unit.prepare_write(sender)
        unit.copies = unit.copies or raw
        stored = None
        if instance.pk is not None:
            stored = unit.stored_row(sender, instance.pk)
        if stored:
            # The caller may have had the row in memory while others were written.
            for name in sender.refreshed_fields:
                setattr(instance, name, stored[name])
        written = update_fields if update_fields and stored else None
        is_computed = instance.derive_before(stored, unit.user_id, written)
    instance.__dict__.update(copied)
    instance._before_save = stored, is_computed


def _after_save(sender: Any, instance: Any, update_fields: Any, **kwargs: Any) -> None:
    stored, is_computed = instance.__dict__.pop("_before_save", (None, False))
    before = {instance.pk: stored} if stored else {}
    with unit_of_work() as unit:
        if is_computed:
            row = derive_stored(sender, [instance.pk], before, unit.user_id)[instance.pk]
            for name in sender.derived_fields:
                attname = column(sender, name).attname
                setattr(instance, attname, getattr(row, attname))
        if update_fields and stored:  # the others are as they were, and may not be in memory
            after = plain_row(sender, stored) | plain_object(instance, update_fields)
        else:
            after = plain_object(instance)
        unit.rows_saved(sender, before, {instance.pk: after})


def _before_delete(sender: Any, instance: Any, origin: Any, **kwargs: Any) -> None:
    with unit_of_work() as unit:
        unit.prepare_write(sender)
        stored = stored_rows(sender, [instance.pk]).get(instance.pk)
        if stored is None:
            return
        if sender in SITES_OF and sender is not Site:
            # While the rows that tie it to its sites are there.
            unit.mark_changed(Site, SITES_OF[sender]([instance.pk]))
        before = plain_row(sender, stored, sender.recorded_when_deleted)
        for field in recorded_relations(sender):
            before[field.name] = linked_ids(field, [instance.pk])[instance.pk]
        _record_lost_relations(unit, sender, instance.pk, origin)
        unit.rows_deleted(sender, {instance.pk: before})


# --- rows that others are tied to ------------------------------------------------------------


def _record_lost_relations(unit: UnitOfWork, model: type[Record], pk: int, origin: Any) -> None:
    """Record how a deletion changes relations of rows that stay: Django sends no signal for it."""
    gone = unit.deleted_by(origin)[model]
    for _other, field in referring_columns(model):
        if field.many_to_many:
            near, far = field.m2m_column_name(), field.m2m_reverse_name()
            rows = field.remote_field.through.objects.filter(**{far: pk})
            links = linked_ids(field, rows.values_list(near, flat=True))
            before = {row: [i for i in ids if i not in gone] for row, ids in links.items()}
            after = {row: [i for i in ids if i != pk] for row, ids in before.items()}
            unit.relation_changed(field, before, after)
    gone.add(pk)


# --- the end of a transaction ----------------------------------------------------------------


def _on_unit_end(sender: Any, unit: Any, written: Any, **kwargs: Any) -> None:
    changed = {model: ids for model, ids in unit.changed.items() if ids}
    if any(model.describes_sites for model in changed):
        unit.prepare_write(Site)  # the lock may have been given up with a savepoint
        denormalized.refresh_designations(changed.get(Designation, ()))
        # An import takes its time in any case, and may change most terms: all is done at once.
        is_import = unit.change_set.kind == ChangeSet.Kind.IMPORT
        most = 0 if is_import else settings.REFRESHED_AT_ONCE
        sites, deferred = sites_of(changed, unit.written_columns, most, unit.new(Site))
        for model, count in deferred.items():
            pending.defer(model, changed[model], unit.written_columns[model], count)
        edited = _edited_sites(written) - unit.saved[Site]
        written_columns, prepared = unit.written_columns, unit.prepared
        new = unit.new(Site)
        moved = denormalized.refresh(sites.refreshed, edited, written_columns, prepared, new)
        is_of_vocabulary = any(model in COLUMN_EFFECTS for model in changed)
        vocabulary = {IndexChange.VOCABULARY} if is_of_vocabulary else set()
        shown = _date_sites(unit, written, moved)
        IndexChange.objects.enter(sites.entered | shown | vocabulary)
    if pictured := {row.owner_id for row in written if row.model is Image}:
        # A picture is stored even if its sizes cannot be made now.
        transaction.on_commit(partial(renditions.after_write, pictured), robust=True)
    if published := _published_or_withdrawn(unit, written) - pictured:
        transaction.on_commit(partial(renditions.after_publishing, published), robust=True)


def _published_or_withdrawn(unit: UnitOfWork, written: Collection[Written]) -> set[int]:
    """Sites that existed before, and were now published or withdrawn."""
    found = {
        pk
        for row in unit.shown.keys() & written
        if row.model is Site
        for (_model, pk), columns in unit.shown[row].items()
        if "state" in columns
    }
    return found - unit.created[Site]


def _edited_sites(written: Iterable[Written]) -> set[int]:
    """The sites that were edited, including those of which only names, events or pictures were
    written."""
    return {
        row.owner_id
        for row in written
        if row.owner_model is Site and issubclass(row.model, Record) and row.model.describes_sites
    }


# --- dates of sites --------------------------------------------------------------------------

_POINT = frozenset({"latitude", "longitude"})


def _date_sites(unit: UnitOfWork, written: Collection[Written], moved: set[int]) -> set[int]:
    """Set the dates of the sites that look different to readers; returns the ids of those that were
    written.

    `moved` are those whose public point has changed. Sites that only show a written term are not
    returned: they may be very many, and get their dates by one statement for each vocabulary.
    """
    changed_state: set[int] = set()  # published, withdrawn or deleted
    found: dict[int, set[str]] = defaultdict(set)  # columns that differ, by site
    by_model: dict[type[TrackedModel], set[int]] = defaultdict(set)
    for row in unit.shown.keys() & written:  # not what was rolled back to a savepoint
        for (model, pk), columns in unit.shown[row].items():
            if row.model is Site and "state" in columns:
                changed_state.add(pk)
            elif model is Site:
                found[pk].update(columns)
            elif ColumnEffect.SHOWN in effect_of(model, columns):
                by_model[model].add(pk)
    entries = by_model.pop(Designation, set())
    only_points = {pk for pk, columns in found.items() if columns <= _POINT}
    sites = moved | found.keys()
    if entries:
        sites |= set(SITES_OF[Designation](entries))
    sites -= _behind_a_blur(unit, only_points - moved)
    now, created = timezone.now(), unit.created[Site] - unit.deleted[Site]
    if unit.has_savepoints:  # which may have taken some back
        created = _still_stored(unit.created[Site])
    if created:  # what is copied from another database brings its date
        rows = [(pk, now) for pk in sorted(created)]
        insert_rows(SiteDate, ("site", "changed_at"), rows, ignore_conflicts=True)
    denormalized.set_changed_at(changed_state - created, now, of_any_state=True)
    denormalized.set_changed_at(sites - changed_state - created, now)
    for model, ids in by_model.items():
        ids -= unit.new(model)  # what refers to a new term is written with it
        if ids and model in SITES_THAT_SHOW:
            denormalized.dates_of(SITES_THAT_SHOW[model](ids)).update(changed_at=now)
    return changed_state | sites


def _still_stored(site_ids: Iterable[int]) -> set[int]:
    """The ids of those of these sites that exist."""
    found: set[int] = set()
    for chunk in chunks(list(site_ids)):
        found.update(untracked(Site).filter(pk__in=chunk).values_list("pk", flat=True))
    return found


def _behind_a_blur(unit: UnitOfWork, site_ids: set[int]) -> set[int]:
    """The sites whose point was written although readers see the same, by the rule of their
    kinds."""
    if not site_ids:
        return set()
    ruled = untracked(Site).filter(pk__in=site_ids, blur_km=None, rule_blur_km__gt=0)
    sites, before = ruled.in_bulk(), defaultdict[int, dict](dict)
    rows = Change.objects.filter(
        change_set=unit.change_set, model=ContentType.objects.get_for_model(Site)
    )
    for change in rows.filter(object_id__in=sites).order_by("-pk"):
        before[change.object_id] |= change.before or {}

    def is_as_it_was(site: Site) -> bool:
        row = {name: before[site.pk].get(name, getattr(site, name)) for name in _POINT}
        was = public_point(row["latitude"], row["longitude"], site.public_blur_km)
        return was == (site.public_latitude, site.public_longitude)

    return {pk for pk, site in sites.items() if is_as_it_was(site)}
