"""The history of a record: who changed what of it and of its rows, when, and why."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import CASCADE, Field, Model, Q
from django.template.response import TemplateResponse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from reversion.models import Revision, Version

from heritage.admin.autocomplete import label_of, with_label
from heritage.admin.fields import said
from heritage.models.base import Record
from heritage.models.fields import EDTFField, LanguageMapField
from heritage.values.language import language_name

PER_PAGE = 30
LONGEST = 200  # characters of a text that a history shows


@dataclass(slots=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(slots=True)
class Change:
    """What a revision did to one row: "added", "changed" or "deleted"."""

    what: str
    kind: str
    name: str
    differences: list[Difference]


@dataclass(slots=True)
class Entry:
    revision: Revision
    changes: list[Change] = field(default_factory=list)


def history_view(model_admin, request, row, extra_context=None):
    """The page, newest first; in place of the one that Django's admin has."""
    page = Paginator(entries(row), PER_PAGE).get_page(request.GET.get("p"))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Change history: %s") % row,
        "entries": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "module_name": capfirst(str(model_admin.opts.verbose_name_plural)),
        "object": row,
        "opts": model_admin.opts,
        **(extra_context or {}),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, model_admin.object_history_template, context)


def entries(row: Record) -> list[Entry]:
    """The revisions that changed a record or one of its rows, newest first."""
    by_revision: dict[int, Entry] = {}
    before: dict[tuple[int, str], dict] = {}
    values = _Values()
    told = []
    for version in _versions(row):
        [data] = json.loads(version.serialized_data)
        key = (version.content_type_id, version.object_id)
        entry = by_revision.setdefault(version.revision_id, Entry(version.revision))
        told.append((entry, version, data, before.get(key)))
        values.want(version._model, data["fields"])
        before[key] = data["fields"]
    for entry, version, data, earlier in told:
        change = _change(version, data, earlier, values)
        if change:
            entry.changes.append(change)
    return [entry for entry in reversed(by_revision.values()) if entry.changes]


def _versions(row: Record):
    """Versions of the record and of the rows that belong or belonged to it, oldest first."""
    found = Q(content_type=_type(type(row)), object_id=str(row.pk))
    for relation in row._meta.related_objects:
        if relation.on_delete is CASCADE and issubclass(relation.related_model, Record):
            # Rows that are gone are known by their versions alone.
            key = f'"{relation.field.name}": {row.pk}'
            found |= Q(content_type=_type(relation.related_model)) & (
                Q(serialized_data__contains=key + ",") | Q(serialized_data__contains=key + "}")
            )
    return Version.objects.filter(found).select_related("revision__user").order_by("pk")


def _type(model) -> ContentType:
    return ContentType.objects.get_for_model(model)


def _change(version: Version, data: dict, before: dict | None, values: "_Values") -> Change | None:
    model = version._model
    if data.get("deleted"):
        what, differences = "deleted", []
    else:
        what = "added" if before is None else "changed"
        differences = list(values.differences(model, before or {}, data["fields"]))
        if what == "changed" and not differences:
            return None
    return Change(what, str(model._meta.verbose_name), version.object_repr, differences)


class _Values:
    """Stored values as people read them; what keys point at is read once for a whole page."""

    def __init__(self):
        self._wanted: dict[type[Model], set] = defaultdict(set)
        self._rows: dict[type[Model], dict] = {}

    def want(self, model, fields: dict) -> None:
        for name, value in fields.items():
            column = _column(model, name)
            if column is not None and column.is_relation and value:
                self._wanted[column.related_model].update(_keys(value))

    def differences(self, model, before: dict, after: dict) -> Iterator[Difference]:
        for name in {**before, **after}:
            column = _column(model, name)
            old, new = before.get(name), after.get(name)
            if column is None or name in ("uid", model.owner) or (old or None) == (new or None):
                continue
            if isinstance(column, LanguageMapField):
                yield from _by_language(column, old or {}, new or {})
            else:
                yield Difference(_label(column), self._said(column, old), self._said(column, new))

    def _said(self, column: Field, value) -> str:
        if value in (None, "", []):
            return ""
        if column.is_relation:
            rows = self._of(column.related_model)
            return ", ".join(rows.get(str(key), f"#{key}") for key in _keys(value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(column, EDTFField):
            return said(value) or value
        choices = dict(column.flatchoices)
        return _short(str(choices.get(value, value)))

    def _of(self, model) -> dict[str, str]:
        if model not in self._rows:
            found = with_label(model._default_manager.filter(pk__in=self._wanted[model]))
            self._rows[model] = {str(row.pk): label_of(row) for row in found}
        return self._rows[model]


def _by_language(column, old: dict, new: dict) -> Iterator[Difference]:
    for code in {**old, **new}:
        if old.get(code) != new.get(code):
            yield Difference(
                f"{_label(column)} ({language_name(code)})",
                _short(old.get(code, "")),
                _short(new.get(code, "")),
            )


def _column(model, name: str) -> Field | None:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:  # a column that the catalogue once had
        return None


def _keys(value) -> list:
    return value if isinstance(value, list) else [value]


def _label(column: Field) -> str:
    return capfirst(str(column.verbose_name))


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST)
