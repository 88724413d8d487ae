"""Loads fixtures without overwriting what editors have changed; used by `loaddata` and `demo`.

A row is created once. It follows its fixture as long as it is as the fixture made it; once somebody
has changed or deleted it, it is left as it is. A row that belongs to a record, such as a name or an
event, is deleted when its file still has the record and no longer the row; records are not. A
reference to a deleted row is left out; if it is required, so is the row that has it. All files are
one transaction and one change set, in whatever order they are named.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Field, QuerySet, UniqueConstraint, Value

from heritage.models import LoadedRow, Record, change_set, chunks, row_values, untracked
from heritage.search import refresh_saved_index
from heritage.services import parents_first, update_planner_statistics
from heritage.services.record_problems import problems

# What earlier versions called otherwise. Their files are still read, and digests are made of the
# first names: so a row is the same as before after its model or a column was renamed.
_RENAMED_MODELS = {
    "heritage.scheme": "heritage.register",
    "heritage.schemeterm": "heritage.registerterm",
}
_RENAMED_COLUMNS = {  # by the model's present name
    "heritage.designation": {"scheme": "register"},
    "heritage.registerterm": {"scheme": "register"},
}

# An object of a file, its row, and the ids of the row's many-to-many relations by field.
type BuiltRow = tuple[FixtureRow, Record, dict[str, list[int]]]


class FixtureError(Exception):
    """Rows that cannot be loaded; `problems` has one line for each: file, object, field, reason."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


class _DeletedHere(LookupError):
    """A row refers to one that a fixture had loaded and people have deleted."""


@dataclass(slots=True)
class Report:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0  # rows that their file no longer has
    held: int = 0  # rows of a fixture that is as it was, which people have changed or deleted
    edited: list[str] = field(default_factory=list)  # changed by people, and left as they are

    @property
    def has_changed(self) -> bool:
        return bool(self.created or self.updated or self.deleted)

    def __str__(self) -> str:
        text = f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"
        text += f", {self.deleted} deleted" if self.deleted else ""
        edited = self.held + len(self.edited)
        return text + (f", {edited} kept as edited or deleted here" if edited else "")


@dataclass(slots=True)
class FixtureRow:
    """One object of a fixture file."""

    file: str
    model: type[Record]
    fields: dict
    digest: str
    uid: str = field(init=False)
    label: str = field(init=False)

    def __post_init__(self) -> None:
        self.uid, self.label = self.fields["uid"], self.model._meta.label_lower

    def problem(self, name: str, reason: str) -> str:
        return f"{self.file}: {self.label} {self.uid}: {name}: {reason}"


def is_of_catalogue(path: Path) -> bool:
    """Whether a file holds only records identified by uid, which this loader accepts.

    Raises FixtureError for a JSON file with an error in its syntax.
    """
    try:
        objects = _objects(path)
        return all(
            "pk" not in each and issubclass(_model(each["model"]), Record) for each in objects
        )
    except FixtureError:
        if path.suffix == ".json":
            raise
        return False
    except (LookupError, TypeError, AttributeError):
        return False


def install(paths: Iterable[Path], progress: Callable[[str], None] = lambda text: None) -> Report:
    """Load fixture files together and validate the result, including rules across rows.

    Raises FixtureError, in which case nothing is changed.
    """
    with transaction.atomic():
        report = load(paths, progress)
        if report.has_changed:
            progress("checking what is stored")
            # What people made themselves is theirs to put right, and stops no fixture.
            found = [str(problem) for problem in problems() if problem.file]
            if found:
                raise FixtureError(found)
    if report.has_changed:
        update_planner_statistics()
        refresh_saved_index()
    return report


def load(paths: Iterable[Path], progress: Callable[[str], None] = lambda text: None) -> Report:
    """Load fixture files together. Raises FixtureError, and then nothing is changed."""
    rows = _read(paths)
    report = Report()
    files = sorted({row.file for row in rows})
    loader = Loader(report)
    with loader.telling_refusals(), change_set("import", files=files):
        loader.look_up(rows, files)
        for model, of_model in _in_order(rows):
            written = loader.load(model, of_model)
            if written:
                progress(f"{model._meta.verbose_name_plural}: {written}")
        loader.delete_left_out(rows)
        loader.record_loaded()
    return report


# --- reading ---------------------------------------------------------------------------------


def _objects(path: Path) -> Any:
    """The content of a JSON file. Raises FixtureError with file, line and column."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FixtureError([f"{path.name}: {where}: {error.msg}"]) from error
    except (OSError, ValueError) as error:
        raise FixtureError([f"{path.name}: {error}"]) from error


def _read(paths: Iterable[Path]) -> list[FixtureRow]:
    rows: list[FixtureRow] = []
    problems: list[str] = []
    seen: dict[tuple[type[Record], str], str] = {}
    for path in paths:
        try:
            objects = _objects(path)
        except FixtureError as error:
            problems += error.problems
            continue
        if not isinstance(objects, list):
            problems.append(f"{path.name}: a fixture is a list of objects")
            continue
        for number, item in enumerate(objects, 1):
            try:
                row = _row(path.name, item)
            except (LookupError, TypeError, ValueError) as error:
                problems.append(f"{path.name}: object {number}: {error}")
                continue
            key = (row.model, row.uid)
            if key in seen:
                problems.append(row.problem("uid", f"stands in {seen[key]} already"))
            seen[key] = row.file
            rows.append(row)
    if problems:
        raise FixtureError(problems)
    return rows


def _row(file: str, item: Any) -> FixtureRow:
    if not isinstance(item, dict) or not isinstance(item.get("fields"), dict):
        raise TypeError("an object needs its model and its fields")
    if not isinstance(item.get("model"), str):
        raise TypeError("an object needs its model, which is text")
    model = _model(item["model"])
    if not issubclass(model, Record):
        raise TypeError(f"{item['model']} is no record of the catalogue")
    renamed = _RENAMED_COLUMNS.get(model._meta.label_lower, {})
    fields = {renamed.get(name, name): value for name, value in item["fields"].items()}
    if not isinstance(fields.get("uid"), str) or not fields["uid"]:
        raise TypeError("an object needs its uid, which is text")
    if _UNSTORABLE.search(_json(fields)):
        raise ValueError(f"{fields['uid']!a} holds a character that cannot be stored")
    names = _first_names(model)
    first = {names.get(name, name): value for name, value in fields.items()}
    label = next((old for old, new in _RENAMED_MODELS.items() if new == item["model"]), None)
    return FixtureRow(file, model, fields, _digest([label or item["model"], first]))


def _model(label: str) -> type[Record]:
    """The model of a label in a fixture. Raises LookupError if there is none."""
    return apps.get_model(_RENAMED_MODELS.get(label, label))


def _first_names(model: type[Record]) -> dict[str, str]:
    """The names that renamed columns had in the first version, by their present names."""
    renamed = _RENAMED_COLUMNS.get(model._meta.label_lower, {})
    return {new: old for old, new in renamed.items()}


# In JSON: NUL, which PostgreSQL does not store, and surrogates, which are half of a character.
_UNSTORABLE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000|[\ud800-\udfff]")


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)


def _digest(value: object) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()


def _in_order(rows: list[FixtureRow]) -> list[tuple[type[Record], list[FixtureRow]]]:
    """Rows by model, in the order of the dependencies of models."""
    by_model: dict[type[Record], list[FixtureRow]] = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row)
    return [(model, by_model[model]) for model in parents_first(by_model)]


# --- loading ---------------------------------------------------------------------------------


class Loader:
    def __init__(self, report: Report):
        self.report = report
        self.loaded: dict[tuple[str, str], LoadedRow] = {}
        self.pks: dict[type[Record], dict[str, int | None]] = defaultdict(dict)
        self.written: list[BuiltRow] = []
        self.writing: list[BuiltRow] = []  # what the database has not yet taken
        self.moved: list[LoadedRow] = []  # from one file to another
        self.left_out: set[tuple[type[Record], str]] = set()  # as what they refer to is deleted

    @contextmanager
    def telling_refusals(self) -> Iterator[None]:
        """Turns an error of the database within the block into a FixtureError that names rows,
        after the rollback."""
        try:
            yield
        except IntegrityError as error:
            models = {row.model for row, _obj, _many in self.writing}
            before = [each for each in self.written if each[0].model in models]
            found = [*_alike([*before, *self.writing]), *_clashes(self.writing)]
            raise FixtureError(found or [str(error)]) from error

    def look_up(self, rows: Iterable[FixtureRow], files: Iterable[str] = ()) -> None:
        """Look up the ids of rows and of all that they refer to, and what was loaded from these
        files."""
        named = _named(rows)
        self._find((model, uid) for model, uids in named.items() for uid in uids)
        labels = {model._meta.label_lower for model in named}
        found = LoadedRow.objects.filter(file__in=files)
        for chunk in chunks(sorted(set(chain.from_iterable(named.values())))):
            found = found.union(LoadedRow.objects.filter(label__in=labels, uid__in=chunk))
            self.loaded |= {(row.label, row.uid): row for row in found}
            found = LoadedRow.objects.none()

    def _find(self, named: Iterable[tuple[type[Record], str]]) -> None:
        """Look up the ids of rows by model and uid, as many at once as a chunk has."""
        wanted = [(model, uid) for model, uid in named if uid not in self.pks[model]]
        for chunk in chunks(wanted):
            by_model: dict[type[Record], list[str]] = defaultdict(list)
            for model, uid in chunk:
                by_model[model].append(uid)
            models = list(by_model)
            first, *others = (
                untracked(model)
                .filter(uid__in=by_model[model])
                .order_by()
                .values_list(Value(number), "uid", "pk")
                for number, model in enumerate(models)
            )
            for model, uids in by_model.items():
                self.pks[model] |= dict.fromkeys(uids)
            for number, uid, pk in first.union(*others, all=True).order_by():
                self.pks[models[number]][uid] = pk

    def pk_of(self, model: type[Record], uid: str) -> int | None:
        if uid not in self.pks[model]:
            self._find([(model, uid)])
        return self.pks[model][uid]

    def load(self, model: type[Record], rows: list[FixtureRow]) -> int:
        """Write the new and changed rows of a model; returns how many."""
        wanted, known = [], []
        for row in rows:
            before = self.loaded.get((row.label, row.uid))
            if before and before.source_digest == row.digest:
                known.append(row)
                if before.file != row.file:
                    before.file = row.file
                    self.moved.append(before)
            elif self._is_wanted(row, before):
                wanted.append(row)
        self._count(model, known)
        for wave in waves(model, wanted):
            self.write(model, wave)
        return len(wanted)

    def _count(self, model: type[Record], rows: list[FixtureRow]) -> None:
        """Count rows whose fixture is unchanged: those that are as it made them, and those that
        people have changed or deleted."""
        pks = {row.uid: pk for row in rows if (pk := self.pk_of(model, row.uid)) is not None}
        stored: dict[int, str] = {}
        for chunk in chunks(list(pks.values())):
            stored |= _stored_digests(model, chunk)
        noted = {row.uid: self.loaded[row.label, row.uid] for row in rows}
        same = sum(stored[pk] == noted[uid].stored_digest for uid, pk in pks.items())
        self.report.unchanged += same
        self.report.held += len(rows) - same

    def _is_wanted(self, row: FixtureRow, before: LoadedRow | None) -> bool:
        """Whether a row is to be written: it is new, or only its fixture has changed."""
        pk = self.pk_of(row.model, row.uid)
        if pk is None:
            if before:
                self.report.edited.append(row.problem("-", "deleted here"))
            return before is None
        if before and _stored_digests(row.model, [pk])[pk] == before.stored_digest:
            return True
        self.report.edited.append(row.problem("-", "changed here"))
        return False

    def write(self, model: type[Record], rows: list[FixtureRow]) -> None:
        problems: list[str] = []
        self.writing = []
        for row in rows:
            try:
                self.writing.append((row, *self.build(row)))
            except _DeletedHere:
                self.left_out.add((model, row.uid))
            except ValidationError as error:
                problems += [
                    row.problem(name, " ".join(_reasons(model, name, errors)))
                    for name, errors in error.error_dict.items()
                ]
        if problems:
            raise FixtureError(problems)
        self._store(model)
        self.written += self.writing
        self.writing = []

    def _store(self, model: type[Record]) -> None:
        new = [(obj, many) for _row, obj, many in self.writing if obj.pk is None]
        old = [(obj, many) for _row, obj, many in self.writing if obj.pk is not None]
        model.objects.bulk_create([obj for obj, _many in new], batch_size=500)
        self.pks[model].update((obj.uid, obj.pk) for obj, _many in new)
        for relation in model._meta.many_to_many:
            pairs = [(obj.pk, pk) for obj, many in new for pk in many.get(relation.name, ())]
            model.objects.bulk_add(relation.name, pairs)
        for obj, many in old:
            obj.save()
            for name, pks in many.items():
                getattr(obj, name).set(pks)
        self.report.created += len(new)
        self.report.updated += len(old)

    def build(self, row: FixtureRow) -> tuple[Record, dict[str, list[int]]]:
        """The object of a row, not yet saved, and its many-to-many ids by field."""
        pk = self.pk_of(row.model, row.uid)
        obj = row.model.objects.get(pk=pk) if pk else row.model()
        many: dict[str, list[int]] = {}
        if pk:
            many = _empty(obj, row.fields)
        errors: dict[str, list[str]] = {}
        gone: list[str] = []  # what is deleted here, as told
        is_needed = False  # one of them
        for name, value in row.fields.items():
            try:
                column = _column(row.model, name)
                if column.many_to_many:
                    if not isinstance(value, list):
                        raise LookupError('references are written as a list: [["uid"], …]')
                    many[name] = []
                    for key in value:
                        try:
                            many[name].append(self._key(column, key))
                        except _DeletedHere as error:
                            gone.append(row.problem(name, str(error)))
                elif column.is_relation:
                    setattr(obj, column.attname, None)
                    if value is not None:
                        setattr(obj, column.attname, self._key(column, value))
                else:
                    setattr(obj, name, column.to_python(value))
            except ValidationError as error:
                errors[name] = error.messages
            except _DeletedHere as error:
                gone.append(row.problem(name, str(error)))
                is_needed = is_needed or not column.null
            except (LookupError, TypeError, OverflowError) as error:
                errors[name] = [str(error)]
        if errors:
            raise ValidationError(errors)
        self.report.edited += gone
        if is_needed or (gone and not _holds(obj)):
            raise _DeletedHere
        obj.clean_fields(exclude=["slug"] if not row.fields.get("slug") else None)
        return obj, many

    def _key(self, column: Field, key: object) -> int:
        model = cast(type[Record], column.related_model)
        uid = _uid(key)
        if uid is None:
            raise LookupError('a reference is written as ["uid"]')
        pk = self.pk_of(model, uid)
        if pk is None:
            name = f"{model._meta.label_lower} “{uid}”"
            if (model._meta.label_lower, uid) in self.loaded or (model, uid) in self.left_out:
                raise _DeletedHere(f"{name} was deleted here")
            raise LookupError(f"there is no {name}")
        return pk

    def delete_left_out(self, rows: list[FixtureRow]) -> None:
        """Delete rows that their file no longer contains, if it still contains the record they
        belong to."""
        here = {(row.label, row.uid) for row in rows}
        files = {row.file for row in rows}
        gone: dict[type[Record], dict[str, LoadedRow]] = defaultdict(dict)
        for key, loaded in self.loaded.items():
            if loaded.file in files and key not in here:
                model = cast(type[Record], apps.get_model(loaded.label))
                if model.owner:
                    gone[model][loaded.uid] = loaded
        for model in reversed(parents_first(gone)):
            for uids in chunks(list(gone[model])):
                self._delete_left_out(model, {uid: gone[model][uid] for uid in uids}, here)

    def _delete_left_out(
        self, model: type[Record], gone: dict[str, LoadedRow], here: set[tuple[str, str]]
    ) -> None:
        owner = cast(str, model.owner)
        rows: QuerySet[Any] = model.objects.filter(uid__in=gone).select_related(owner)
        found = {row.pk: row for row in rows}
        digests = _stored_digests(model, list(found))
        for pk, row in found.items():
            record = getattr(row, owner)
            if (record._meta.label_lower, record.uid) not in here:
                continue
            loaded = gone[row.uid]
            if digests[pk] != loaded.stored_digest:
                self.report.edited.append(
                    f"{loaded.file}: {loaded.label} {row.uid}: -: changed here"
                )
                continue
            row.delete()
            loaded.delete()
            self.report.deleted += 1

    def record_loaded(self) -> None:
        """Record what was loaded and what was stored."""
        LoadedRow.objects.bulk_update(self.moved, ["file"], batch_size=500)
        by_model: dict[type[Record], list[BuiltRow]] = defaultdict(list)
        for each in self.written:
            by_model[each[0].model].append(each)
        loaded = []
        for model, written in by_model.items():
            if self.report.deleted:  # what refers to deleted rows may have been changed by that
                digests = _stored_digests(model, [obj.pk for _row, obj, _many in written])
            else:
                digests = {obj.pk: _digest_written(obj, many) for _row, obj, many in written}
            loaded += [
                LoadedRow(
                    label=row.label,
                    uid=row.uid,
                    file=row.file,
                    source_digest=row.digest,
                    stored_digest=digests[obj.pk],
                )
                for row, obj, _many in written
            ]
        LoadedRow.objects.bulk_create(
            loaded,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["label", "uid"],
            update_fields=["file", "source_digest", "stored_digest"],
        )


def _reasons(model: type[Record], name: str, errors: list[ValidationError]) -> Iterator[str]:
    """The reasons against a value; if it is no valid choice, with the choices."""
    for error in errors:
        yield from error.messages
        if error.code == "invalid_choice":
            choices = (str(value) for value, _label in _column(model, name).flatchoices if value)
            yield f"It may be {', '.join(choices)}."


def _uid(key: object) -> str | None:
    """The uid that a reference names, if it is one."""
    match key:
        case [str(uid)]:
            return uid
    return None


def _named(rows: Iterable[FixtureRow]) -> dict[type[Record], set[str]]:
    """The uids of rows and of what they refer to, by model."""
    found: dict[type[Record], set[str]] = defaultdict(set)
    for row in rows:
        found[row.model].add(row.uid)
        for column in (*row.model._meta.concrete_fields, *row.model._meta.many_to_many):
            other, value = column.related_model, row.fields.get(column.name)
            if value and isinstance(other, type) and issubclass(other, Record):
                keys = value if column.many_to_many and isinstance(value, list) else [value]
                found[other].update([uid for key in keys if (uid := _uid(key))])
    return found


@cache
def _column(model: type[Record], name: str) -> Field:
    """A column that a fixture may carry."""
    try:
        column = row_values.column(model, name)
    except FieldDoesNotExist:
        raise LookupError("there is no such column") from None
    if column.primary_key or not row_values.is_carried(column):
        raise LookupError("no fixture may carry this column")
    return column


def _holds(obj: Record) -> bool:
    """Whether a row satisfies the check constraints of the database."""
    try:
        obj.validate_constraints()
    except ValidationError:
        return False
    return True


def _empty(obj: Record, fields: dict) -> dict[str, list[int]]:
    """Empty the columns that the fixture of a stored row no longer contains; returns the relations
    to be emptied.

    A fixture leaves out what is empty. A slug stays, as it may have been made from the name.
    """
    for column in row_values.recorded_columns(type(obj)):
        if column.editable and column.name not in ("slug", *fields):
            setattr(obj, column.attname, column.get_default())
    return {relation.name: [] for relation in row_values.recorded_relations(type(obj))}


def waves(model: type[Record], rows: list[FixtureRow]) -> list[list[FixtureRow]]:
    """Rows that refer to rows of their own model come later; one bulk insert for each wave."""
    columns = (*model._meta.concrete_fields, *model._meta.many_to_many)
    own = [column.name for column in columns if column.related_model is model]
    by_uid = {row.uid: row for row in rows}

    def depth(row: FixtureRow, trail: tuple[str, ...] = ()) -> int:
        trail = (*trail, row.uid)
        targets = [_uid(row.fields.get(name)) for name in own]
        inner = [by_uid[uid] for uid in targets if uid in by_uid and uid not in trail]
        return max((1 + depth(target, trail) for target in inner), default=0)

    waves: dict[int, list[FixtureRow]] = defaultdict(list)
    for row in rows:
        waves[depth(row)].append(row)
    return [waves[number] for number in sorted(waves)]


def _alike(built: list[BuiltRow]) -> Iterator[str]:
    """The rows that share a value that must be unique with another row of the fixtures."""
    seen: dict[tuple, FixtureRow] = {}
    for row, obj, _many in built:
        constraints = [c for c in obj._meta.constraints if isinstance(c, UniqueConstraint)]
        alone = [(f.name,) for f in obj._meta.concrete_fields if f.unique and not f.primary_key]
        for names in [*alone, *(tuple(c.fields) for c in constraints)]:
            columns = (row_values.column(row.model, name) for name in names)
            values = tuple(getattr(obj, column.attname) for column in columns)
            other = seen.setdefault((names, values), row)
            if other is not row and "" not in values and None not in values:
                yield row.problem(", ".join(names), f"the same as {other.uid} in {other.file}")


def _clashes(built: list[BuiltRow]) -> Iterator[str]:
    """The rows that the database refused because of a uniqueness constraint."""
    for row, obj, _many in built:
        try:
            obj.validate_unique()
            obj.validate_constraints()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                yield row.problem(name, " ".join(messages))


def _stored_digests(model: type[Record], pks: list[int]) -> dict[int, str]:
    """A digest of each stored row: its carried columns and many-to-many ids."""
    columns = row_values.recorded_columns(model)
    rows: QuerySet[Any] = untracked(model).filter(pk__in=pks).order_by()
    stored = {pk: values for pk, *values in rows.values_list("pk", *(c.attname for c in columns))}
    links = [row_values.linked_ids(relation, stored) for relation in model._meta.many_to_many]
    return {
        pk: _digest_of_row(model, pk, values, [found[pk] for found in links])
        for pk, values in stored.items()
    }


def _digest_written(row: Record, many: dict[str, list[int]]) -> str:
    """The digest of a row that was just written."""
    plain, model = row_values.plain_object(row), type(row)
    links = [sorted(set(many.get(relation.name, ()))) for relation in model._meta.many_to_many]
    return _digest_of_row(model, row.pk, plain.values(), links)


def _digest_of_row(
    model: type[Record], pk: int, values: Iterable[Any], links: Iterable[list[int]]
) -> str:
    """Columns with their default value are left out, so a column that a later version adds changes
    no digest, and the row continues to follow its fixture."""
    carried = zip(_digested_columns(model), values, strict=True)
    row = {name: value for (name, default), value in carried if value != default}
    linked = zip(model._meta.many_to_many, links, strict=True)
    return _digest(row | {"pk": pk} | {relation.name: ids for relation, ids in linked})


@cache
def _digested_columns(model: type[Record]) -> list[tuple[str, Any]]:
    """The name that each column had in the first version, and its default value."""
    names = _first_names(model)
    return [
        (
            names.get(field.name, field.name) + field.attname.removeprefix(field.name),
            field.get_default(),
        )
        for field in row_values.recorded_columns(model)
    ]
