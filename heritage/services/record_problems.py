"""The problems of stored records, by rules for single rows and for several."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from heritage.models import (
    Coverage,
    Designation,
    Era,
    Event,
    Image,
    LoadedRow,
    Name,
    PartOf,
    Register,
    Site,
    WorldHeritage,
)
from heritage.models.base import Record
from heritage.services.date_reading import is_after
from heritage.values.language import interface_languages


@dataclass(frozen=True, slots=True)
class Problem:
    file: str  # the fixture that the row came from, or an empty text
    label: str  # heritage.site
    uid: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file or 'database'}: {self.label} {self.uid}: {self.field}: {self.reason}"


def problems() -> Iterator[Problem]:
    """All problems of stored records, model by model."""
    files = {
        (label, uid): file
        for label, uid, file in LoadedRow.objects.values_list("label", "uid", "file")
    }
    for model in apps.get_app_config("heritage").get_models():
        if issubclass(model, Record):
            for row in _rows(model):
                for field, reason in row_problems(row):
                    label = model._meta.label_lower
                    yield Problem(files.get((label, row.uid), ""), label, row.uid, field, reason)


def equal_labels() -> Iterator[Problem]:
    """Eras that readers cannot tell apart.

    Not among `problems()`, which stop a fixture: the other era may be one that an editor added.
    """
    eras, of_region = list(Era.objects.order_by("pk")), defaultdict(list)
    for era in eras:
        of_region[era.region_id].append(era)
    for era in eras:
        for reason in equal_label_problems(era, of_region[era.region_id]):
            yield Problem("", Era._meta.label_lower, era.uid, "label", reason)


def equal_label_problems(era: Era, of_region: Iterable[Era]) -> Iterator[str]:
    """The problem with each other era of the region that has the same label in a language of the
    interface."""
    for other in of_region:
        same = [
            era.label[code]
            for code in interface_languages()
            if era.label.get(code) and era.label[code] == other.label.get(code)
        ]
        if same and other != era and other.region_name == era.region_name:
            yield _(
                "Another era of this region (%(years)s) is called “%(label)s”, too: add what tells "
                "them apart, such as the years."
            ) % {"years": other.years() or other.span, "label": same[0]}


def row_problems(row: Record) -> Iterator[tuple[str, str]]:
    """The problems of one row: (field, reason). The database itself ensures uniqueness."""
    try:
        row.clean_fields()
    except ValidationError as error:
        yield from _flat(error)
    try:
        row.clean()
    except ValidationError as error:
        yield from _flat(error)
    yield from _ACROSS.get(type(row), _nothing)(row)


def _flat(error: ValidationError) -> Iterator[tuple[str, str]]:
    messages = error.message_dict if hasattr(error, "error_dict") else {"-": error.messages}
    for field, reasons in messages.items():
        for reason in reasons:
            yield ("-" if field == "__all__" else field), reason


def _rows(model: type[Record]) -> Iterable[Any]:
    related = {
        Event: ("first_era", "last_era"),
        Name: ("site",),
        Designation: ("category", "register"),
        Coverage: ("designation__register", "site"),
        Image: ("site",),
        PartOf: ("part", "whole"),
    }.get(model, ())
    rows = model.objects.order_by("pk")
    rows = rows.select_related(*related) if related else rows
    many = {
        Site: ("kinds",),
        WorldHeritage: ("criteria__register", "designation__register"),
    }.get(model, ())
    return rows.prefetch_related(*many)


# --- whether a site may be published ---------------------------------------------------------

# What `publication_problems()` looks at beside the site itself.
PUBLICATION_RELATED = (
    "kinds",
    "names__site",
    "events__first_era",
    "events__last_era",
    "coverages__designation__register",
    "images__site",
)
_ROWS_OF_SITE = ("names", "events", "coverages", "images")


class PublicationProblem(NamedTuple):
    """What is wrong with a site or one of its rows; `relation` names these, as in "events"."""

    row: Record
    relation: str
    field: str
    reason: str


def publication_problems(site: Site) -> Iterator[PublicationProblem]:
    """The reasons against publishing a site."""
    before, site.state = site.state, Site.State.PUBLISHED
    try:
        rows: list[tuple[str, Record]] = [("", site)]
        for relation in _ROWS_OF_SITE:
            rows += [(relation, row) for row in getattr(site, relation).all()]
        for relation, row in rows:
            for field, reason in row_problems(row):
                yield PublicationProblem(row, relation, field, reason)
    finally:
        site.state = Site.State(before)


# --- rules across rows -----------------------------------------------------------------------


def _nothing(row: Record) -> Iterator[tuple[str, str]]:
    return iter(())


def _site(site: Site) -> Iterator[tuple[str, str]]:
    if site.state == Site.State.PUBLISHED and not site.kinds.all():
        yield "kinds", _("A published site needs at least one kind.")


def _event(event: Event) -> Iterator[tuple[str, str]]:
    date, era = event.parsed, event.first_era
    if not date or not era:
        return
    last = event.last_era or era
    if is_after(date.first_year, last.last_year) or is_after(era.first_year, date.last_year):
        yield (
            "date",
            _("%(date)s lies outside its era (%(span)s).") % {"date": event.date, "span": era.span},
        )


def _coverage(coverage: Coverage) -> Iterator[tuple[str, str]]:
    reference = coverage.component_reference
    names = {"reference": reference, "entry": coverage.designation}
    if reference and not reference.startswith(coverage.designation.reference + "-"):
        yield "component_reference", _("%(reference)s is no component of %(entry)s.") % names


def _era(era: Era) -> Iterator[tuple[str, str]]:
    if era.first_year is None and era.last_year is None:
        yield "span", _("An era has a beginning or an end.")


def _world_heritage(detail: WorldHeritage) -> Iterator[tuple[str, str]]:
    register = detail.designation.register
    if register.role != Register.Role.WORLD_HERITAGE:
        yield "designation", _("Belongs to another register than the World Heritage List.")
    if any(term.register_id != register.pk for term in detail.criteria.all()):
        yield "criteria", _("Belong to another register.")


_ACROSS: dict[type, Callable[[Any], Iterator[tuple[str, str]]]] = {
    Site: _site,
    Event: _event,
    Coverage: _coverage,
    Era: _era,
    WorldHeritage: _world_heritage,
}
