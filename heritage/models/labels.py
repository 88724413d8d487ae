"""Labels of rows in choosers and lists, each of which tells a row apart from others of its table.

`label_of(row)` reads what `with_label(rows)` has selected with the rows.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet

from heritage.models.designations import Designation, RegisterTerm
from heritage.models.events import Event
from heritage.models.sites import Site
from heritage.models.vocabularies import Era, Place
from heritage.values.language import with_explanation


def _joined(*parts: object) -> str:
    """Parts in parentheses after the first: "Luoyang (Henan)"."""
    first, *rest = (str(part) for part in parts)
    return with_explanation(first, [part for part in rest if part and part not in first])


def _era(era: Era) -> str:
    # 晋 and 金 are both “Jin Dynasty”: the characters and the years tell them apart.
    return _joined(era, era.label.get("zh-hans", ""), era.years())


def _place(place: Place) -> str:
    parent = place.parent
    return _joined(place, parent or "", (parent and parent.parent) or "")


def _designation(entry: Designation) -> str:
    return _joined(entry, entry.register)


def _term(term: RegisterTerm) -> str:
    # Short codes such as 3 or AAAA are known to users of the register; longer ones are slugs.
    name = f"{term.code} {term}" if len(term.code) < 5 and term.code != str(term) else term
    return _joined(name, term.register)


def _site(site: Site) -> str:
    return _joined(site, site.name.get("zh-hans", ""), site.place or "")


def _event(event: Event) -> str:
    return _joined(event, event.site)


# By model, the label of a row in a chooser and the foreign keys that the label needs.
_LABELS: dict[type[Model], tuple[Callable[[Any], str], tuple[str, ...]]] = {
    Era: (_era, ()),
    Place: (_place, ("parent__parent",)),
    Designation: (_designation, ("register",)),
    RegisterTerm: (_term, ("register",)),
    Site: (_site, ("place",)),
    Event: (_event, ("site", "first_era", "last_era")),
}


def label_of(row: Model) -> str:
    label, _keys = _LABELS.get(type(row), (str, ()))
    return label(row)


def keys_of_label(model: type[Model]) -> tuple[str, ...]:
    """The foreign keys that the label needs, as paths of look-ups."""
    _label, keys = _LABELS.get(model, (str, ()))
    return keys


def with_label(rows: QuerySet) -> QuerySet:
    """The queryset with everything that the labels of its rows need."""
    keys = keys_of_label(rows.model)
    return rows.select_related(*keys) if keys else rows


def with_chosen(rows: QuerySet, names: Iterable[str]) -> QuerySet:
    """The queryset with the rows that these columns refer to, and what their labels need."""
    keys = []
    for name in names:
        more = keys_of_label(rows.model._meta.get_field(name).related_model)
        keys += [name, *(f"{name}__{key}" for key in more)]
    return rows.select_related(*keys) if keys else rows
