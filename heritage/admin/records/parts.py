"""Inlines for the parts of a site and the sites that it is part of. Circles are refused."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from heritage.admin.form.inlines import RecordInline, RowFormSet
from heritage.admin.form.record_form import RecordForm
from heritage.models import PartOf

_HERE = "here"  # the site of the page, which may not be stored yet

type End = int | str  # of a relation: the id of a site, or _HERE


class PartForm(RecordForm):
    """One end of the relation is the page's site, so errors are shown at the other end."""

    def __init__(self, *args: Any, other_end: Any = "whole", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.other_end = other_end
        # The formsets look for cycles, since they know the unsaved changes of other rows.
        self.instance.looks_for_cycles = False

    def add_error(self, field: Any, error: Any) -> None:
        if field is None and hasattr(error, "error_dict"):
            errors: dict = defaultdict(list)
            for name, found in error.error_dict.items():
                errors[self.other_end if name in ("part", "whole") else name] += found
            error = ValidationError(dict(errors))
        super().add_error(field, error)


class PartFormSet(RowFormSet):
    """Checks both inlines together, in the state after saving."""

    @property
    def other_end(self) -> str:
        return "whole" if self.fk.name == "part" else "part"

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"other_end": self.other_end}

    def clean(self) -> None:
        super().clean()
        sets = [each for each in self.editing.formsets if isinstance(each, PartFormSet)]
        changed = [form.instance.pk for each in sets for form in each.changed_rows()]
        stored = _StoredRelations(self.instance.pk, changed)
        stored = self.editing.shared.setdefault("part_of", stored)
        # Sets before this one are clean already; a relation is judged with all before it.
        known = [
            (part, whole)
            for formset in sets[: sets.index(self)]
            for _form, part, whole in formset.relations()
        ]
        for form, part, whole in self.relations():
            if part != whole and _reaches(whole, part, known, stored):
                form.add_error(
                    self.other_end,
                    ValidationError(
                        _("This would make a circle: a thing cannot lie within itself."), "cycle"
                    ),
                )
            known.append((part, whole))

    def relations(self) -> Iterator[tuple[forms.ModelForm, End, End]]:
        """(form, part, whole) of every row that is new or changed."""
        for form in self.forms:
            if not form.has_changed() or self.is_deleted(form):
                continue
            other = getattr(form, "cleaned_data", {}).get(self.other_end)
            if other:
                known = _HERE if other.pk == self.instance.pk else other.pk
                ends = {self.fk.name: _HERE, self.other_end: known}
                yield form, ends["part"], ends["whole"]


class _StoredRelations:
    """The stored relations that the page does not change."""

    def __init__(self, here: int | None, changed: list[int]):
        self._here, self._changed = here, changed
        self._known: dict[frozenset, set] = {}  # earlier results, by ids

    def wholes_of(self, sites: set) -> set:
        """The wholes of the sites."""
        ids = frozenset({self._here if pk == _HERE else pk for pk in sites} - {None})
        if ids not in self._known:
            rows = PartOf.objects.filter(part__in=ids).exclude(pk__in=self._changed)
            # Unordered: the ordering of the model would join both sites.
            wholes = rows.order_by().values_list("whole_id", flat=True)
            self._known[ids] = {_HERE if pk == self._here else pk for pk in wholes}
        return self._known[ids]


def _reaches(
    start: End, goal: End, known: Iterable[tuple[End, End]], stored: _StoredRelations
) -> bool:
    """Whether `goal` is reached by following wholes from `start`; one query for each level."""
    level: set[End] = {start}
    seen: set[End] = set()
    while level:
        if goal in level:
            return True
        seen |= level
        on_page = {whole for part, whole in known if part in level}
        level = (stored.wholes_of(level) | on_page) - seen
    return False


class _PartInline(RecordInline):
    model = PartOf
    form, formset = PartForm, PartFormSet
    is_collapsed = True
    other_end: str

    def row_label(self, row: PartOf) -> str:
        return str(getattr(row, self.other_end))


class PartOfRows(_PartInline):
    fk_name, other_end = "part", "whole"
    select_related, fields = ("whole",), (("whole", "note"),)
    verbose_name, verbose_name_plural = _("whole"), _("part of")


class PartRows(_PartInline):
    fk_name, other_end = "whole", "part"
    select_related, fields = ("part",), (("part", "note"),)
    verbose_name, verbose_name_plural = _("part"), _("its parts")
