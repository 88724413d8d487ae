"""Exports the whole catalogue to one file and restores it, without loss except of its history.

`export()` writes a zip archive: `catalogue.json` with every record that says something of the
sites, each by its uid and with the uids of all that it names, and the files of pictures.
`restore()` brings a database to the same records: an empty one, or one that has some of them
already, which are updated by uid. Nothing is deleted. Both databases give the same `checksum()` for
the same records.

Comments on records, accounts and the history are not in it.
"""

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import DateTimeField, FileField, ForeignKey

from heritage.exchange.fixtures import FixtureError, FixtureRow, Loader, Report, waves
from heritage.models import (
    LoadedRow,
    Record,
    Site,
    SiteDate,
    User,
    change_set,
    chunks,
    row_values,
    untracked,
)
from heritage.search import refresh_saved_index
from heritage.services import parents_first, update_planner_statistics

FORMAT = 1
_RECORDS, _FILES = "catalogue.json", "files/"
_CHANGED = "changed_at"  # of a site, from the table of its own
_SORTED = orjson.OPT_SORT_KEYS


@dataclass
class Exported:
    """What was written: rows by model, the files of pictures, and those that were not there."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)
    checksum: str = ""


@dataclass(frozen=True)
class RestoredCatalogue:
    report: Report
    files: int  # of pictures that were not here
    only_here: int  # rows of this database that the file does not have
    unknown_people: list[str]  # who created or published a site, and has no account here
    checksum: str


def exported_models() -> list[type[Record]]:
    """The models in the file, each after those that it refers to."""
    records = (model for model in apps.get_models() if issubclass(model, Record))
    return parents_first(model for model in records if model.describes_sites)


def checksum() -> str:
    """The checksum of the canonical form of all records: equal for equal records in any
    database."""
    digest = hashlib.sha256()
    for model in exported_models():
        for row in _rows(model):
            digest.update(_line(row))
    return digest.hexdigest()


# --- out -------------------------------------------------------------------------------------


def export(path: Path, *, pictures: bool = True) -> Exported:
    """Write the file; it is put at `path`, over a former one, when it is complete."""
    done = Exported()
    part = path.with_name(f"{path.name}.part")
    try:
        with (
            transaction.atomic(),  # one state of the catalogue
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive,
        ):
            with archive.open(_RECORDS, "w", force_zip64=True) as out:
                names = _write_records(out, done)
            if pictures:
                for member, storage, name in names:
                    if not storage.exists(name):
                        done.missing.append(member)
                        continue
                    with storage.open(name) as content:
                        archive.writestr(f"{_FILES}{member}", content.read(), zipfile.ZIP_STORED)
                    done.files += 1
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return done


def _write_records(out: Any, done: Exported) -> list[tuple[str, Any, str]]:
    """Write all rows, one object in each line; returns the files that they name, see
    `_files_of()`."""
    digest = hashlib.sha256()
    files: dict[str, tuple[str, Any, str]] = {}
    head = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
    out.write(orjson.dumps(head)[:-1] + b',"records":[')
    separator = b"\n"
    for model in exported_models():
        count = 0
        for row in _rows(model):
            digest.update(_line(row))
            out.write(separator + orjson.dumps(row, option=_SORTED))
            separator, count = b",\n", count + 1
            for member, storage, name in _files_of(model, row["fields"]):
                files[member] = (member, storage, name)
        done.rows[model._meta.label_lower] = count
    done.checksum = digest.hexdigest()
    tail = {"deleted": _deleted(), "checksum": done.checksum}
    out.write(b"\n]," + orjson.dumps(tail)[1:] + b"\n")
    return list(files.values())


def _line(row: dict[str, Any]) -> bytes:
    """The canonical form of a row, without accounts, which do not belong to the records."""
    canonical = {name: value for name, value in row.items() if name != "people"}
    return orjson.dumps(canonical, option=_SORTED | orjson.OPT_APPEND_NEWLINE)


def _rows(model: type[Record], uids: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
    """Rows in the order of their uids. `fields` are those of a fixture, including empty ones;
    `kept` are columns that no fixture has; `people` are user names."""
    columns = row_values.recorded_columns(model)
    copied = [row_values.column(model, name) for name in model.copied_fields]
    dates = [each for each in copied if isinstance(each, DateTimeField)]
    people = [each for each in copied if each.related_model is User]
    uid_of = {
        target: dict(untracked(target).values_list("pk", "uid"))
        for target in {
            each.related_model for each in (*columns, *_relations(model)) if each.is_relation
        }
    }
    user_names = dict(User.objects.values_list("pk", "username")) if people else {}
    wanted = [each.attname for each in (*columns, *copied)]
    rows: Any = untracked(model).order_by("uid")
    pks = rows.values_list("pk", flat=True)
    pks = (
        list(pks)
        if uids is None
        else [pk for chunk in chunks(list(uids)) for pk in pks.filter(uid__in=chunk)]
    )
    for chunk in chunks(pks):
        linked = {each.name: row_values.linked_ids(each, chunk) for each in _relations(model)}
        changed = _changed_at(chunk) if model is Site else {}
        for values in rows.filter(pk__in=chunk).values("pk", *wanted):
            fields: dict[str, Any] = {}
            for each in columns:
                value = values[each.attname]
                if each.is_relation:
                    fields[each.name] = (
                        None if value is None else [uid_of[each.related_model][value]]
                    )
                else:
                    fields[each.name] = row_values.json_value(each, value)
            for each in _relations(model):
                of = uid_of[each.related_model]
                fields[each.name] = sorted([of[pk]] for pk in linked[each.name][values["pk"]])
            row: dict[str, Any] = {"model": model._meta.label_lower, "fields": fields}
            if dates:
                row["kept"] = {
                    each.name: row_values.json_value(each, values[each.attname]) for each in dates
                }
            if values["pk"] in changed:
                row["kept"][_CHANGED] = changed[values["pk"]]
            if people:
                row["people"] = {each.name: user_names.get(values[each.attname]) for each in people}
            yield row


def _relations(model: type[Record]) -> tuple[Any, ...]:
    return row_values.recorded_relations(model)


def _changed_at(pks: list[int]) -> dict[int, str]:
    rows = SiteDate.objects.filter(pk__in=pks).values_list("pk", _CHANGED)
    return {pk: at.astimezone(UTC).isoformat() for pk, at in rows}


def _files_of(model: type[Record], fields: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """The files that a row names: (name in the archive, storage, name in the storage)."""
    for each in model._meta.concrete_fields:
        if isinstance(each, FileField) and (name := fields.get(each.name)):
            yield f"{model._meta.model_name}.{each.name}/{name}", each.storage, name


def _deleted() -> list[list[str]]:
    """[label, uid] of rows that a fixture loaded and people deleted, so that no fixture loads them
    again."""
    gone = []
    for label in LoadedRow.objects.values_list("label", flat=True).distinct().order_by("label"):
        model = apps.get_model(label)
        stored = set(untracked(model).values_list("uid", flat=True))
        loaded = LoadedRow.objects.filter(label=label).values_list("uid", flat=True)
        gone += [[label, uid] for uid in sorted(loaded) if uid not in stored]
    return gone


# --- in --------------------------------------------------------------------------------------


class _Undone(Exception):
    """Rolls back a dry run."""


def restore(path: Path, *, dry_run: bool = False) -> RestoredCatalogue:
    """Bring the records of a file into this database, as one change set, or none of them.

    Raises FixtureError with what is wrong. The records are then exactly those of the file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = orjson.loads(archive.read(_RECORDS))
            rows = _checked(content)
            with _placed(archive, rows, dry_run) as files:
                try:
                    with transaction.atomic():
                        restored = _Restorer(path.name, rows, content["deleted"]).restore(files)
                        if dry_run:
                            raise _Undone
                except _Undone:
                    return restored
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise FixtureError([f"{path.name}: this is no file of a catalogue: {error}"]) from error
    update_planner_statistics()
    refresh_saved_index()
    return restored


def _checked(content: Any) -> list[dict[str, Any]]:
    """The rows of a file, if it is complete and of a known version."""
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {content['format']!r}; this version reads {FORMAT}")
    rows: list[dict[str, Any]] = content["records"]
    digest = hashlib.sha256()
    for row in rows:
        digest.update(_line(row))
    if digest.hexdigest() != content["checksum"]:
        raise ValueError("its checksum is another: it was changed or damaged")
    return rows


@contextmanager
def _placed(archive: zipfile.ZipFile, rows: list[dict[str, Any]], dry_run: bool) -> Iterator[int]:
    """Put the files of pictures that do not exist yet in place; after an error they are removed
    again."""
    members = set(archive.namelist())
    placed: list[tuple[Any, str]] = []
    count = 0
    try:
        for row in rows:
            for member, storage, name in _files_of(apps.get_model(row["model"]), row["fields"]):
                where = f"{_FILES}{member}"
                if where not in members or _is_there(storage, name):
                    continue
                count += 1
                content = archive.read(where)
                digest = hashlib.sha256(content).hexdigest()
                if member.startswith("image.file/") and digest != row["fields"]["sha256"]:
                    raise ValueError(f"{member} is damaged")
                if not dry_run:
                    stored = storage.save(name, ContentFile(content))
                    placed.append((storage, stored))
                    if stored != name:
                        raise ValueError(f"{name} could not be stored under its name")
        yield count
    except BaseException:
        for storage, name in placed:
            storage.delete(name)
        raise


def _is_there(storage: Any, name: str) -> bool:
    try:
        there: bool = storage.exists(name)
    except SuspiciousFileOperation as error:
        raise ValueError(f"{name!r} is no name of a picture") from error
    return there


class _Restorer(Loader):
    """The loader of fixtures, except that the file takes precedence over what is stored."""

    def __init__(self, file: str, rows: list[dict[str, Any]], deleted: list[list[str]]):
        super().__init__(Report())
        self.file, self.deleted = file, deleted
        self.by_model: dict[type[Record], dict[str, dict[str, Any]]] = defaultdict(dict)
        for row in rows:
            model = apps.get_model(row["model"])
            if not issubclass(model, Record) or not model.describes_sites:
                raise ValueError(f"{row['model']} is no record of the catalogue")
            self.by_model[model][row["fields"]["uid"]] = row

    def restore(self, files: int) -> RestoredCatalogue:
        with self.telling_refusals(), change_set("import", files=[self.file]):
            for model in parents_first(self.by_model):
                self._restore_model(model, self.by_model[model])
            self._mark_loaded()
        self._keep()
        return RestoredCatalogue(
            self.report, files, self._only_here(), self._unknown_people(), self._compare()
        )

    def _restore_model(self, model: type[Record], rows: dict[str, dict[str, Any]]) -> None:
        stored = {row["fields"]["uid"]: row["fields"] for row in _rows(model, rows)}
        wanted = [
            FixtureRow(self.file, model, row["fields"], "")
            for uid, row in rows.items()
            if stored.get(uid) != row["fields"]
        ]
        self.report.unchanged += len(rows) - len(wanted)
        self.look_up(wanted)
        for wave in waves(model, wanted):
            self.write(model, wave)

    def build(self, row: FixtureRow) -> tuple[Record, dict[str, list[int]]]:
        obj, many = super().build(row)
        if obj.pk is None:  # what is there is brought to its dates at the end
            dates = self.by_model[row.model][row.uid].get("kept", {})
            for name, value in dates.items():
                if name != _CHANGED:
                    row_values.set_plain_value(obj, name, value)
        return obj, many

    def _mark_loaded(self) -> None:
        """No later fixture shall overwrite these rows, or bring again what was deleted."""
        marks = [(m._meta.label_lower, uid) for m, rows in self.by_model.items() for uid in rows]
        known = {(label, uid) for label, uid in marks}
        for label, uid in self.deleted:
            if (label, uid) not in known and self.pk_of(apps.get_model(label), uid) is None:
                marks.append((label, uid))
        LoadedRow.objects.bulk_create(
            [LoadedRow(label=label, uid=uid) for label, uid in marks],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["label", "uid"],
            update_fields=["file", "source_digest", "stored_digest"],
        )

    def _keep(self) -> None:
        """Store the dates and people of sites without the write path, which would set new dates."""
        users = dict(User.objects.values_list("username", "pk"))
        pks = {uid: pk for uid in self.by_model[Site] if (pk := self.pk_of(Site, uid)) is not None}
        for portion in chunks(list(pks)):
            sites = untracked(Site).in_bulk([pks[uid] for uid in portion])
            dates = []
            for uid in portion:
                site, row = sites[pks[uid]], self.by_model[Site][uid]
                for name, value in row["kept"].items():
                    if name == _CHANGED:
                        at = datetime.fromisoformat(value)
                        dates.append(SiteDate(pk=site.pk, changed_at=at))
                    else:
                        row_values.set_plain_value(site, name, value)
                for name, who in row["people"].items():
                    setattr(site, f"{name}_id", users.get(who))
            names = [*self._date_names(), *self._people_names()]
            untracked(Site).bulk_update(sites.values(), names, 200)
            SiteDate.objects.bulk_create(
                dates, update_conflicts=True, unique_fields=["site"], update_fields=[_CHANGED]
            )

    @staticmethod
    def _date_names() -> list[str]:
        columns = (row_values.column(Site, name) for name in Site.copied_fields)
        return [each.name for each in columns if isinstance(each, DateTimeField)]

    @staticmethod
    def _people_names() -> list[str]:
        columns = (row_values.column(Site, name) for name in Site.copied_fields)
        return [each.name for each in columns if isinstance(each, ForeignKey)]

    def _only_here(self) -> int:
        return sum(
            untracked(model).count() - len(self.by_model.get(model, ()))
            for model in exported_models()
        )

    def _unknown_people(self) -> list[str]:
        known = set(User.objects.values_list("username", flat=True))
        named = {
            who for row in self.by_model[Site].values() for who in row["people"].values() if who
        }
        return sorted(named - known)

    def _compare(self) -> str:
        """The checksum of the rows as they are stored now, which must be equal to that of the
        file."""
        digest, differ = hashlib.sha256(), []
        for model in exported_models():
            rows = self.by_model.get(model, {})
            for row in _rows(model, sorted(rows)):
                uid = row["fields"]["uid"]
                line = _line(row)
                digest.update(line)
                if line != _line(rows[uid]):
                    differ.append(f"{self.file}: {row['model']} {uid}: -: is stored otherwise")
        if differ:
            raise FixtureError(differ)
        return digest.hexdigest()
