"""The rows that the index is read from; each is read once, however many facets use it."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.db.models.expressions import Combinable

from heritage.models import (
    IN_FORCE,
    Circle,
    Coverage,
    Opening,
    Place,
    Register,
    Site,
    Term,
    VisitingFact,
)

CHUNK = 5_000
# How far hours may be relied on, as the index names it.
DEPENDABLE, REPORTED = "dependable", "reported"

type Column = str | Combinable

HAS_POINT = ExpressionWrapper(
    Q(public_latitude__isnull=False, public_longitude__isnull=False), BooleanField()
)


class RegisterEntry(NamedTuple):
    """What the index reads of the entry in a register that covers a site."""

    role: str
    standing: str
    extent: str
    register: int
    category: int | None
    batch: int | None

    @property
    def is_in_force(self) -> bool:
        return self.standing in IN_FORCE

    @property
    def is_world_heritage(self) -> bool:
        """Whether it is an entry of the World Heritage List that is in force today."""
        return self.role == Register.Role.WORLD_HERITAGE and self.is_in_force


class BroaderTerms:
    """For each term of a model, itself and all broader terms; read when first asked for."""

    def __init__(self) -> None:
        self._of: dict[type[Term], dict[int, set[int]]] = {}

    def __getitem__(self, model: type[Term]) -> dict[int, set[int]]:
        if model not in self._of:
            self._of[model] = self._read_parents(model)
        return self._of[model]

    @cached_property
    def districts(self) -> dict[int, tuple[int, Circle]]:
        """By id of a place: the id of the narrowest place with a circle, itself or a broader one,
        and the circle."""
        known = Place.objects.filter(radius_km__isnull=False)
        circles = {place.pk: place.circle for place in known.only(*Place.CIRCLE) if place.circle}
        parents = Place.objects.parents()
        found = {}
        for pk in parents:
            seen: set[int] = set()
            at: int | None = pk
            while at is not None and at not in seen:
                if circle := circles.get(at):
                    found[pk] = (at, circle)
                    break
                seen.add(at)
                at = parents.get(at)
        return found

    def _read_parents(self, model: type[Term]) -> dict[int, set[int]]:
        parents = model.objects.parents()
        lines = {}
        for pk in parents:
            line: set[int] = set()
            term: int | None = pk
            while term is not None and term not in line:
                line.add(term)
                term = parents.get(term)
            lines[pk] = line
        return lines


class IndexRows:
    """The rows of some published sites, or of all (`ids` None). Call `read_sites` first."""

    def __init__(self, ids: list[int] | None, broader: BroaderTerms):
        self.ids, self.broader = ids, broader
        self.sites = array("I")
        self._columns: dict[Column, list[Any]] = {}

    def read_sites(
        self, own: Sequence[Column], columns: Iterable[Column]
    ) -> Iterator[tuple[Any, ...]]:
        """Read the sites with the caller's `own` columns; `columns` are for `column()`."""
        columns = list(dict.fromkeys(columns))
        sites = Site.objects.published()
        sites = sites if self.ids is None else sites.filter(pk__in=self.ids)
        self._columns = {column: [] for column in columns}
        lists = list(self._columns.values())
        seen: dict[Any, Any] = {}  # a million sites have few different values
        rows = sites.order_by("pk").values_list("pk", *own, *columns)
        for row in rows.iterator(CHUNK):
            self.sites.append(row[0])
            for values, value in zip(lists, row[len(own) + 1 :], strict=True):
                values.append(seen.setdefault(value, value))
            yield row[: len(own) + 1]

    @cached_property
    def published(self) -> set[int]:
        return set(self.sites)

    def column(self, column: Column) -> Iterator[tuple[int, Any]]:
        """(site, value) for each published site."""
        return zip(self.sites, self._columns[column], strict=True)

    def pairs(self, through: type[Model], site: str, other: str) -> Iterator[tuple[int, int]]:
        """(site, other row) of published sites, from the through table of two models."""
        rows = self.belonging(through._default_manager.all(), site).values_list(site, other)
        return (pair for pair in rows.iterator(CHUNK) if pair[0] in self.published)

    def belonging[Q: QuerySet[Any]](self, rows: Q, column: str = "site_id") -> Q:
        """The rows of a queryset that belong to the sites being read, unordered; `column` refers to
        the site."""
        rows = rows.order_by()
        return rows if self.ids is None else rows.filter(**{f"{column}__in": self.ids})

    @cached_property
    def component_points(self) -> list[tuple[int, float, float]]:
        """(site, latitude, longitude) for the parts of published properties, as the public sees
        them."""
        rows = self.belonging(Coverage.objects.all()).component_points()
        return [row for row in rows if row[0] in self.published]

    @cached_property
    def districts(self) -> list[tuple[int, int, Circle]]:
        """(site, place, its circle) for the sites without any point that lie in such a place."""
        without = {pk for pk, has_point in self.column(HAS_POINT) if not has_point}
        without -= {pk for pk, *_point in self.component_points}
        if not without:
            return []
        return [
            (pk, *district)
            for pk, place in self.column("place_id")
            if pk in without and (district := self.broader.districts.get(place))
        ]

    @cached_property
    def coverages(self) -> list[tuple[int, int, RegisterEntry]]:
        """(site, designation, what its entry says) for each coverage of a published site."""
        names = ("register__role", "standing", "register_id", "category_id", "batch")
        rows = self.belonging(Coverage.objects.all()).values_list(
            "site_id", "designation_id", "extent", *(f"designation__{name}" for name in names)
        )
        seen: dict[RegisterEntry, RegisterEntry] = {}
        found = []
        for pk, designation, extent, role, standing, *others in rows.iterator(CHUNK):
            if pk in self.published:
                entry = RegisterEntry(role, standing, extent, *others)
                found.append((pk, designation, seen.setdefault(entry, entry)))
        return found

    @cached_property
    def world_heritage(self) -> dict[int, list[int]]:
        """The published sites of each World Heritage designation in force today, by its id."""
        found = defaultdict(list)
        for pk, designation, entry in self.coverages:
            if entry.is_world_heritage:
                found[designation].append(pk)
        return found

    def terms_of_world_heritage(self, through: type[Model]) -> Iterator[tuple[int, int]]:
        """(site, term) through a relation between World Heritage entries and register terms."""
        columns = ("worldheritage__designation_id", "registerterm_id")
        rows = through._default_manager.order_by()
        if self.ids is not None:
            rows = rows.filter(**{f"{columns[0]}__in": list(self.world_heritage)})
        if self.world_heritage:
            for designation, term in rows.values_list(*columns).iterator(CHUNK):
                for pk in self.world_heritage.get(designation, ()):
                    yield pk, term

    @cached_property
    def hours(self) -> dict[int, set[str]]:
        """By id of a site its opening hours that readers see, each as a text: how reliable it is,
        whether it gives hours or says “closed”, and the days."""
        columns = (
            "site_id",
            "relied_on",
            "opens",
            "closes",
            "weekdays",
            "season_from",
            "season_to",
        )
        found: dict[int, set[str]] = defaultdict(set)
        rows = self.belonging(Opening.objects.shown().with_reliance()).values_list(*columns)
        for pk, relied_on, opens, closes, *days in rows.iterator(CHUNK):
            if pk in self.published:
                basis = DEPENDABLE if relied_on else REPORTED
                is_open = opens is not None and closes is not None
                found[pk].add(",".join((basis, "open" if is_open else "closed", *days)))
        return found

    @cached_property
    def with_hours(self) -> set[int]:
        """The ids of the sites with opening hours, in rows or as visiting facts in words."""
        words = VisitingFact.objects.shown().filter(kind__in=VisitingFact.OF_HOURS)
        found = self.belonging(words).values_list("site_id", flat=True)
        return self.published.intersection(found.iterator(CHUNK)).union(self.hours)
