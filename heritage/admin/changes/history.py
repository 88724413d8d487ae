"""The history in words: who changed which columns and rows, when and why."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DecimalField, Field, Model, TextField, prefetch_related_objects
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator, capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heritage.models import (
    Change,
    ChangeSet,
    Correction,
    EDTFField,
    Record,
    Site,
    label_of,
    with_label,
)
from heritage.models.row_values import set_plain_value
from heritage.services.history import (
    RowChange,
    changes_of,
    column_of,
    differences,
    excerpts,
    net_changes,
    rows_written,
    smallest_within,
    word_diff,
)
from heritage.services.undo_plan import as_list
from heritage.values.cell_text import decimal_text
from heritage.values.coordinates import area_ha, count_points
from heritage.values.date_format import date_in_words
from heritage.values.language import (
    LanguageMap,
    join_words,
    language_name,
    proper_tag,
    text_direction,
    with_explanation,
)

LONGEST = 300  # characters of a value that was added or removed
# Meaningless to readers.
HIDDEN_COLUMNS = ("uid", "width", "height", "sha256", "original", "look", "placeholder")
NAMED_COLUMNS = 4  # columns that a sentence names
NAMED_FILES = 3  # of an import
MAX_ROWS = 2_000  # changes, in all, that are read to describe a list of change sets


@dataclass(slots=True)
class ShownDifference:
    """One column, or one language of it, with the removed and added words in context."""

    label: str
    pieces: list[tuple[str, str]]
    column: str
    language: str = ""  # its code, as it is stored
    lang: str = ""
    dir: str = ""
    of_several: str = ""  # the label of the column, after the last of several of its languages


@dataclass(slots=True)
class ShownChange:
    """What a change set did to one row: "added", "changed" or "deleted"."""

    what: str
    model: type[Record]
    object_id: int
    kind: str
    name: str
    differences: list[ShownDifference]

    @property
    def row(self) -> str:
        """The row in a URL, such as event-12."""
        return f"{self.model._meta.model_name}-{self.object_id}"

    @property
    def url(self) -> str:
        return change_url(self.model, self.object_id)


@dataclass(slots=True)
class Entry:
    change_set: ChangeSet
    comment: str
    sentence: str
    changes: list[ShownChange]


class History:
    """The change sets that wrote a record or its rows, newest first; a page shows its `entries`."""

    def __init__(self, row: Record):
        changes = changes_of(row).order_by().values_list("change_set", flat=True)
        self.row, self._sets = row, ChangeSet.objects.filter(pk__in=changes).order_by("-pk")

    def __len__(self) -> int:
        return self._sets.count()

    def __getitem__(self, part: slice) -> list[Entry]:
        sets = list(self._sets.select_related("user")[part])
        if not sets:
            return []
        # The rows are named as they were: its values begin with its first change.
        changes = changes_of(self.row).filter(change_set__lte=sets[0].pk)
        return list(entries(sets, list(changes)))


def entries(sets: list[ChangeSet], changes: list[Change]) -> Iterator[Entry]:
    """One entry for each change set; `changes` hold the history of the same rows from the start."""
    by_set: dict[int, list[Change]] = defaultdict(list)
    states: dict[tuple, dict] = {}
    rows: dict[int, list[tuple[RowChange, dict]]] = defaultdict(list)
    for change in changes:
        by_set[change.change_set_id].append(change)
    for pk, of_set in by_set.items():
        for row in net_changes(of_set):
            key = (row.model, row.object_id)
            now = row.before if row.after is None else row.after
            state = states.get(key, {}) | (now or {})
            states[key] = state
            rows[pk].append((row, state))
    shown = iter(shown_changes([row for change_set in sets for row in rows[change_set.pk]]))
    for change_set in sets:
        done = [next(shown) for _row in rows[change_set.pk]]
        yield Entry(change_set, comment_of(change_set), change_sentence(done), done)


def shown_changes(rows: Sequence[tuple[RowChange, dict]]) -> list[ShownChange]:
    """The changes, each with the state of its row by which it is named."""
    values, names = ShownValues(), RowNames()
    for row, state in rows:
        names.want(row, state)
        values.want_change(row)
    names.load()
    return [_shown(row, names.name_of(row, state), values) for row, state in rows]


# --- in words ----------------------------------------------------------------------------------


def change_sentence(changes: list[ShownChange]) -> str:
    """What was done, as in "changed Summary (Chinese), added 2 events"."""
    groups: dict[tuple, list[ShownChange]] = defaultdict(list)
    for change in changes:
        groups[change.what, change.model].append(change)
    return _(", ").join(_phrase(what, of_kind) for (what, _m), of_kind in groups.items())


def _phrase(what: str, changes: list[ShownChange]) -> str:
    opts = changes[0].model._meta
    rows = str(opts.verbose_name)
    if len(changes) > 1:
        kind = str(opts.verbose_name_plural)
        rows = _("%(count)s %(kind)s") % {"count": len(changes), "kind": kind}
        if changes[0].model is Site:  # which some languages count with a word of its own
            count = len(changes)
            rows = ngettext("%(count)s site", "%(count)s sites", count) % {"count": count}
    if what == "added":
        return _("added %(rows)s") % {"rows": rows}
    if what == "deleted":
        return _("deleted %(rows)s") % {"rows": rows}
    labels = list(dict.fromkeys(each.label for change in changes for each in change.differences))
    more = len(labels) - NAMED_COLUMNS
    names = _(", ").join(labels[:NAMED_COLUMNS])
    if not labels:  # only columns that are not shown, such as the record it belongs to
        return _("changed %(columns)s") % {"columns": rows}
    if more > 0:
        names = _("%(names)s and %(count)s more") % {"names": names, "count": more}
    if len(changes) == 1 and changes[0].model.owner is None:
        return _("changed %(columns)s") % {"columns": names}
    return _("changed %(rows)s (%(columns)s)") % {"rows": rows, "columns": names}


def _shown(row: RowChange, name: str, values: "ShownValues") -> ShownChange:
    what = "deleted" if row.after is None else "added" if row.before is None else "changed"
    found = [] if row.after is None else values.differences(row.model, row.before or {}, row.after)
    kind = str(row.model._meta.verbose_name)
    shown = list(found)
    last_of_column = {each.column: each for each in shown}
    for column, last in last_of_column.items():
        if sum(each.column == column for each in shown) > 1:
            last.of_several = _label(column_of(row.model, column))
    return ShownChange(what, row.model, row.object_id, kind, name, shown)


def comment_of(change_set: ChangeSet) -> str:
    """The user's reason, or a description made from the detail; for a bulk action both."""
    detail = change_set.detail
    if change_set.reason:
        done = _done_to_many(detail)
        if change_set.kind == ChangeSet.Kind.BULK and "state" in detail:
            done = capfirst(str(dict(Site.State.choices).get(detail["state"], detail["state"])))
        return f"{done}: {change_set.reason}" if done else change_set.reason
    if suggested := detail.get("reader"):
        suggested = Truncator(suggested).chars(LONGEST)
        return _("A reader's suggestion: %(words)s") % {"words": suggested}
    if state := detail.get("state"):
        return _("State: %(state)s") % {"state": dict(Site.State.choices).get(state, state)}
    if state := detail.get("correction"):
        return str(dict(Correction.State.choices).get(state, state))
    if name := _term_name(detail.get("merged", "")):
        return _("“%(name)s” was merged into this") % {"name": name}
    if done := _done_to_many(detail):
        return done
    if columns := detail.get("table"):
        return _("In a table: %(columns)s") % {"columns": join_words(columns)}
    if "assigned_to" in detail:
        name = detail["assigned_to"]
        return _("Assigned to %(name)s") % {"name": name} if name else _("Assigned to nobody")
    if "publish_at" in detail:
        if not detail["publish_at"]:
            return _("Not to be published by itself any more")
        at = localtime(datetime.fromisoformat(detail["publish_at"]))
        return _("To be published on %(at)s") % {"at": date_format(at, "DATETIME_FORMAT")}
    if files := detail.get("files"):
        return _import_words(files)
    return ""


def _done_to_many(detail: dict[str, Any]) -> str:
    """What a bulk action did, in the language of the reader."""
    if written := detail.get("set"):
        column, count = column_of(Site, written["column"]), written["count"]
        words = {
            "column": _label(column),
            "value": value_in_words(column, written["value"]),
            "count": number_format(count),
        }
        if not words["value"]:
            return (
                ngettext(
                    "%(column)s emptied for %(count)s site",
                    "%(column)s emptied for %(count)s sites",
                    count,
                )
                % words
            )
        return (
            ngettext(
                "%(column)s set to “%(value)s” for %(count)s site",
                "%(column)s set to “%(value)s” for %(count)s sites",
                count,
            )
            % words
        )
    if replaced := detail.get("replaced"):
        names = {"old": _term_name(replaced), "new": _term_name(detail.get("by", ""))}
        return _("“%(old)s” was replaced by “%(new)s”") % names
    for key in ("added", "place", "era", "licence", "removed"):
        term = detail.get(key)
        if isinstance(term, dict):
            values = {
                "kind": apps.get_model("heritage", term["model"])._meta.verbose_name,
                "name": _term_name(term),
                "count": number_format(term["count"]),
            }
            if key == "removed":
                return capfirst(
                    ngettext(
                        "%(kind)s “%(name)s” removed from %(count)s site",
                        "%(kind)s “%(name)s” removed from %(count)s sites",
                        term["count"],
                    )
                    % values
                )
            return capfirst(
                ngettext(
                    "%(kind)s “%(name)s” set for %(count)s site",
                    "%(kind)s “%(name)s” set for %(count)s sites",
                    term["count"],
                )
                % values
            )
        if term and key == "removed":
            return _("Removed from many: %(what)s") % {"what": term}
        if term:
            return _("Set for many: %(what)s") % {"what": term}
    return ""


def _term_name(term: dict[str, Any] | str) -> str:
    """The name of a term in the language of the reader; earlier versions stored only that of the
    writer."""
    return str(LanguageMap(term["names"]).best()) if isinstance(term, dict) else term


def value_in_words(column: Field, value: Any) -> str:
    """A value that was set for many, as `services.bulk` notes it: of a term its names."""
    if isinstance(value, dict):
        return _term_name(value)
    choices = dict(column.flatchoices)
    return str(choices[value]) if value in choices else ShownValues().worded(column, value)


def comments_of(change_sets: Sequence[ChangeSet]) -> dict[int, str]:
    """By id of a change set its comment, or else what was done, in the language of the reader."""
    found = {each.pk: comment_of(each) for each in change_sets}
    silent = [pk for pk, comment in found.items() if not comment]
    by_set: dict[int, list[Change]] = defaultdict(list)
    # Each is read to its end or not at all: else not all that was done would be named.
    read = smallest_within(rows_written(silent), MAX_ROWS) if silent else []
    for change in Change.objects.filter(change_set__in=read).order_by("change_set_id", "pk"):
        by_set[change.change_set_id].append(change)
    values = ShownValues()
    for pk, changes in by_set.items():
        # First the record itself: “Deleted site, deleted 2 names”.
        rows = sorted(net_changes(changes), key=lambda row: row.model.owner is not None)
        for row in rows:
            values.want_change(row)
        found[pk] = change_sentence([_shown(row, "", values) for row in rows])
    for each in change_sets:
        if each.pk in silent and each.kind in (ChangeSet.Kind.UNDO, ChangeSet.Kind.RESTORE):
            label, words = each.get_kind_display(), found[each.pk]
            named = pgettext("a label and its value", "%(label)s: %(value)s")
            found[each.pk] = named % {"label": label, "value": words} if words else label
    return {pk: capfirst(words) for pk, words in found.items()}


def _import_words(files: list[str]) -> str:
    names = join_words(files[:NAMED_FILES])
    more = len(files) - NAMED_FILES
    if more <= 0:
        return _("Import of %(files)s") % {"files": names}
    return ngettext(
        "Import of %(files)s and %(number)s more file",
        "Import of %(files)s and %(number)s more files",
        more,
    ) % {"files": names, "number": number_format(more)}


class RowNames:
    """The names of rows at that time; related rows are read once for a page."""

    def __init__(self) -> None:
        self._rows: dict[int, Record | None] = {}

    def want(self, row: RowChange, state: dict) -> None:
        self._rows[id(state)] = _row(row.model, row.object_id, state)

    def load(self) -> None:
        by_model: dict[type[Record], list[Record]] = defaultdict(list)
        named: dict[tuple, Record] = {
            (type(row), row.pk): row for row in self._rows.values() if row is not None
        }
        for row in self._rows.values():
            if row is not None:
                by_model[type(row)].append(row)
        for model, rows in by_model.items():
            keys = [f for f in model._meta.concrete_fields if f.is_relation]
            for row in rows:
                for key in keys:  # it may refer to a row that was deleted with it
                    other = named.get((key.related_model, getattr(row, key.attname)))
                    if other is not None:
                        setattr(row, key.name, other)
            prefetch_related_objects(rows, *[key.name for key in keys])

    def name_of(self, row: RowChange, state: dict) -> str:
        try:
            return str(self._rows[id(state)])
        except (AttributeError, ObjectDoesNotExist, TypeError):  # it refers to a deleted row
            return f"#{row.object_id}"


def change_url(model: type[Record], pk: int) -> str:
    """The URL of the form of a row; empty if it has none."""
    if not admin.site.is_registered(model):
        return ""
    return reverse(f"admin:heritage_{model._meta.model_name}_change", args=[pk])


def deleted_names(model: type[Record], deletions: list[Change]) -> list[str]:
    """The names of deleted rows."""
    names = RowNames()
    rows = [RowChange(model, each.object_id, each.before or {}, None) for each in deletions]
    for row in rows:
        names.want(row, row.before or {})
    names.load()
    return [names.name_of(row, row.before or {}) for row in rows]


def _row(model: type[Record], pk: int, state: dict) -> Record:
    row = model()
    row.pk = pk
    for name, value in state.items():
        column = column_of(model, name)
        if column is not None and not column.many_to_many:
            set_plain_value(row, name, value)
    return row


class ShownValues:
    """Stored values in readable form; related rows are read once for a page."""

    def __init__(self) -> None:
        self._wanted: dict[type[Model], set] = defaultdict(set)
        self._rows: dict[type[Model], dict] = {}

    def want(self, model: type[Record], values: dict) -> None:
        for name, value in values.items():
            column = column_of(model, name)
            if column is not None and column.is_relation and value:
                self._wanted[column.related_model].update(as_list(value))

    def want_change(self, row: RowChange) -> None:
        for each in (row.before, row.after):
            self.want(row.model, each or {})

    def differences(
        self, model: type[Record], before: dict, after: dict
    ) -> Iterator[ShownDifference]:
        for found in differences(model, before, after):
            column = found.field
            if column.name in (*HIDDEN_COLUMNS, model.owner):
                continue
            if found.language:
                label = with_explanation(_label(column), [language_name(found.language)])
                pieces = _pieces(str(found.old), str(found.new))
                code = found.language
                yield ShownDifference(
                    label, pieces, column.name, code, proper_tag(code), text_direction(code)
                )
            else:
                old, new = (self.worded(column, value) for value in (found.old, found.new))
                compared = _pieces if isinstance(column, TextField) else _shortened
                pieces = compared(old, new)
                yield ShownDifference(_label(column), pieces, column.name)

    def worded(self, column: Field, value: Any) -> str:
        """A stored value in readable form."""
        if value in (None, "", []):
            return ""
        if column.is_relation:
            rows = self._labels(cast(type[Model], column.related_model))
            return join_words(rows.get(key, f"#{key}") for key in as_list(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(column, EDTFField):
            return date_in_words(value) or value
        if isinstance(column, DecimalField):  # stored as text
            return decimal_text(value)
        if isinstance(value, dict):  # only boundaries are stored as dicts
            return _boundary_words(value)
        if isinstance(value, list):  # of texts: other names
            return join_words(value)
        choices = dict(column.flatchoices)
        return str(choices.get(value, value))

    def _labels(self, model: type[Model]) -> dict[int, str]:
        if model not in self._rows:
            found = with_label(model._default_manager.filter(pk__in=self._wanted[model]))
            self._rows[model] = {row.pk: label_of(row) for row in found}
        return self._rows[model]


def _boundary_words(boundary: dict[str, Any]) -> str:
    """How large a boundary is and of how many points, for texts without a map."""
    count = count_points(boundary)
    words = ngettext(
        "%(area)s hectares, %(count)s point", "%(area)s hectares, %(count)s points", count
    )
    return words % {"area": floatformat(area_ha(boundary), "-2g"), "count": count}


def _label(column: Field) -> str:
    return capfirst(str(column.verbose_name))


def _pieces(old: str, new: str) -> list[tuple[str, str]]:
    return excerpts(word_diff(old, new)) if old and new else _shortened(old, new)


def _shortened(old: str, new: str) -> list[tuple[str, str]]:
    shown = [("-", Truncator(old).chars(LONGEST)), ("+", Truncator(new).chars(LONGEST))]
    return [(what, text) for what, text in shown if text]
