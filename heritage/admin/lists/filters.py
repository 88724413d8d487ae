"""List filters of the admin. Each offers a limited number of choices in a catalogue of any size."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from django.contrib.admin import (
    ChoicesFieldListFilter,
    EmptyFieldListFilter,
    ListFilter,
    ModelAdmin,
    SimpleListFilter,
)
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from heritage.admin.access import is_id, once, user_of
from heritage.admin.lists.gaps import Gap, gaps
from heritage.models import (
    Coverage,
    Era,
    Kind,
    Place,
    Register,
    Site,
    SiteQuerySet,
    Term,
    UnescoStatus,
)
from heritage.search import FACETS, Facet, IndexSnapshot, TreeFacet, current_index, similar
from heritage.server.caches import CacheKey
from heritage.values.language import LazyText

type Filters = tuple[str | type[ListFilter], ...]
type Choices = Iterable[tuple[str, str | LazyText]]

LONGEST = 60  # choices of a filter
MAX_USED = 20  # terms of a filter, the most used ones; others are found by search
MAX_COUNTED = 1_000  # unpublished sites that are counted
CHECKED_DAYS = 365  # until visiting information has to be checked again
MAX_READ = 10_000  # sites that a filter of a list reads from the database


# A filter of sites has a method `published(request, index)`: of the published sites those that it
# leaves, as the index knows them, or None if the index cannot tell; see `changelist`.


class StateFilter(ChoicesFieldListFilter):
    """Sites by their state."""

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        states = request.GET.getlist(self.lookup_kwarg)
        return index.sites if Site.State.PUBLISHED in states else BitMap()


class HomePageFilter(EmptyFieldListFilter):
    """Sites with a place on the home page, which are few, or without."""

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        chosen = Site.objects.published().filter(featured__isnull=False).order_by()
        featured = BitMap(chosen.values_list("pk", flat=True))
        is_empty = request.GET.get(self.lookup_kwarg) == "1"
        return index.sites - featured if is_empty else featured & index.sites


class TreeFilter(SimpleListFilter):
    """Filters by the terms of a tree, one level at a time, the broadest first."""

    model: type[Term]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        """Cached for a request, since Django creates all filters again to count the choices of
        each."""
        return once(request, f"offered {self.parameter_name}", lambda: self._offered(request))

    def _offered(self, request: HttpRequest) -> Choices:
        chosen = self.chosen(request)
        level: QuerySet[Any] = self.model.objects.all()
        level = level.filter(parent=chosen)
        counts = self.counts(request)
        if counts is None:
            terms = list(level[:LONGEST])
        else:
            used = [term for term in level if counts.get(term.pk)]
            most = sorted(used, key=lambda term: -counts[term.pk])[:MAX_USED]
            terms = [term for term in used if term in most]
        line = [*chosen.ancestors(), chosen] if chosen else []
        return [(str(term.pk), str(term)) for term in (*line, *terms)]

    def has_output(self) -> bool:
        return True

    def counts(self, request: HttpRequest) -> dict[int, int] | None:
        """The number of sites of each term, where unused terms are left out."""
        return None

    def chosen(self, request: HttpRequest) -> Any:
        if not hasattr(self, "_chosen"):
            value = request.GET.get(self.parameter_name or "", "")
            # An id beyond the column's range would be an error in the database.
            terms = self.model.objects.select_related("parent__parent__parent")
            self._chosen = terms.filter(pk=value).first() if is_id(value) else None
        return self._chosen

    def narrowed(self, request: HttpRequest) -> set[int] | None:
        chosen = self.chosen(request)
        return self.model.objects.subtree_ids([chosen.pk]) if chosen else None


def _unpublished(request: HttpRequest) -> list[int]:
    """The ids of unpublished sites, up to a limit; cached for a request."""
    others = Site.objects.unpublished().order_by().values_list("pk", flat=True)
    return once(request, "unpublished", lambda: list(others[:MAX_COUNTED]))


def _counted(
    request: HttpRequest, facet: str, model: type[Term], column: str, rows: QuerySet[Any]
) -> dict[int, int]:
    """Sites by term: published sites are counted by the index, others by the database.

    `rows` has a row for each use of a term, `column` names the term.
    """
    index = current_index()
    counts = {int(pk): len(sites) for pk, sites in index.sites_by_value(facet).items()}
    ids = _unpublished(request)
    if not ids:
        return counts
    parents = model.objects.parents()
    to_site = "pk" if rows.model is Site else "site"
    uses = rows.filter(**{f"{to_site}__in": ids}).order_by()
    for pk, count in Counter(uses.values_list(column, flat=True)).items():
        while pk is not None:
            counts[pk] = counts.get(pk, 0) + count
            pk = parents.get(pk)
    return counts


class TreeFacetListFilter(TreeFilter):
    """Sites by the terms of a facet, whether published or not."""

    facet: TreeFacet[Any]

    def counts(self, request: HttpRequest) -> dict[int, int]:
        rows, column = self.facet.used_by()
        return _counted(request, self.facet.name, self.model, column, rows)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ids = self.narrowed(request)
        return (
            queryset
            if ids is None
            else self.facet.filter_queryset(cast(SiteQuerySet, queryset), ids)
        )

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        chosen = self.chosen(request)
        return index.having(self.facet, chosen) if chosen else index.sites


class UnescoListFilter(SimpleListFilter):
    """Sites by UNESCO status, whether published or not."""

    facet: Facet[UnescoStatus]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return UnescoStatus.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is not None and value in dict(self.lookup_choices):
            return self.facet.filter_queryset(cast(SiteQuerySet, queryset), [value])
        return queryset

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        value = self.value()
        if value is not None and value in dict(self.lookup_choices):
            return index.having(self.facet, value)
        return index.sites


def _facet_filter(facet: Facet[Any]) -> type[SimpleListFilter]:
    attributes = {"facet": facet, "title": facet.admin_title, "parameter_name": facet.name}
    name = f"{facet.name.title()}FacetListFilter"
    if isinstance(facet, TreeFacet):
        return type(name, (TreeFacetListFilter,), {**attributes, "model": facet.model})
    return type(name, (UnescoListFilter,), attributes)


# The facets that the admin filters by, in their order.
FACET_FILTERS = [_facet_filter(facet) for facet in FACETS if facet.admin_title]


class WithinFilter(TreeFilter):
    """For lists of vocabularies: filters by a broader term."""

    title, parameter_name = _("within"), "within"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ids = self.narrowed(request)
        return queryset if ids is None else queryset.filter(pk__in=ids)


class WithinPlaceFilter(WithinFilter):
    model = Place


class WithinEraFilter(WithinFilter):
    model = Era


class WithinKindFilter(WithinFilter):
    model = Kind


class RegisterFilter(SimpleListFilter):
    """Filters by register; `path` is the look-up from the listed model to it."""

    title, parameter_name, path = _("register"), "register", "register"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [(register.slug, str(register)) for register in Register.objects.all()[:LONGEST]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.path}__slug": self.value()}) if self.value() else queryset


class CoverageRegisterFilter(RegisterFilter):
    path = "designation__register"


class SiteRegisterFilter(RegisterFilter):
    """Sites covered by any entry of a register, in force or not."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        rows = Coverage.objects.filter(
            site=OuterRef("pk"), designation__register__slug=self.value()
        )
        return queryset.filter(Exists(rows))

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        register = Register.objects.filter(slug=self.value()).values_list("pk", flat=True).first()
        return index.under_register(register) if register else BitMap()


class GapFilter(SimpleListFilter):
    """Sites that lack something that readers look for."""

    title, parameter_name = _("what is missing"), "lacks"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [(value, gap.label) for value, gap in gaps().items()]

    def _chosen(self) -> Gap | None:
        return gaps().get(self.value() or "")

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        gap = self._chosen()
        return gap.lacking(index) if gap else index.sites

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        gap = self._chosen()
        return queryset.filter(gap.lacks) if gap else queryset


class DoubtFilter(SimpleListFilter):
    """Sites that may be recorded twice."""

    title, parameter_name = _("doubt"), "doubt"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("twice", _("perhaps twice in the catalogue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "twice":
            return queryset
        return queryset.filter(pk__in=list(similar.same_names(current_index())))

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        return similar.same_names(index) & index.sites if self.value() == "twice" else index.sites


_UNCHECKED: CacheKey[BitMap] = CacheKey("sites with unchecked statements")


class TrustFilter(SimpleListFilter):
    """Sites with or without statements that are only recalled or have no source."""

    title, parameter_name = _("what it rests on"), "trust"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [
            ("unchecked", _("has unchecked statements")),
            ("checked", _("every statement has a source")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "unchecked":
            return queryset.filter(unchecked_statements__gt=0)
        return queryset.filter(unchecked_statements=0) if self.value() == "checked" else queryset

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap:
        unchecked = index.cache.get_or_set(_UNCHECKED, _with_unchecked) & index.sites
        if self.value() == "unchecked":
            return unchecked
        return index.sites - unchecked if self.value() == "checked" else index.sites


def _with_unchecked() -> BitMap:
    sites = Site.objects.published().filter(unchecked_statements__gt=0).order_by()
    return BitMap(sites.values_list("pk", flat=True))


class AuthorFilter(SimpleListFilter):
    """Records that the current user added or is assigned to."""

    title, parameter_name = _("whose they are"), "by"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("me", _("added by me")), ("assigned", _("assigned to me"))]

    def published(self, request: HttpRequest, index: IndexSnapshot) -> BitMap | None:
        """The published sites that the user has added, or that are assigned to the user; without a
        choice all; None if there are very many."""
        if self.value() not in ("me", "assigned"):
            return index.sites
        # In any state: with a condition on the state, SQLite would read all published sites.
        rows = Site.objects.filter(created_by=user_of(request))
        if self.value() == "assigned":
            rows = Site.objects.filter(review__assigned_to=user_of(request))
        ids = list(rows.order_by().values_list("pk", flat=True)[: MAX_READ + 1])
        return BitMap(ids) & index.sites if len(ids) <= MAX_READ else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "me":
            return queryset.filter(created_by=user_of(request))
        if self.value() == "assigned":
            return queryset.filter(review__assigned_to=user_of(request))
        return queryset


def last_checked(today: date) -> date:
    """Rows checked before this day are to be checked again."""
    return today - timedelta(days=CHECKED_DAYS)


class CheckedFilter(SimpleListFilter):
    """Visiting information by the date when its source was last checked."""

    title, parameter_name = _("when it was checked"), "checked"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [
            ("recent", _("within a year")),
            ("old", _("more than a year ago")),
            ("unchecked", _("never")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first = last_checked(timezone.localdate())
        if self.value() == "recent":
            return queryset.filter(checked_on__gte=first)
        if self.value() == "old":
            return queryset.filter(checked_on__lt=first)
        return queryset.filter(checked_on=None) if self.value() == "unchecked" else queryset


class SiteStateFilter(SimpleListFilter):
    """Rows by the state of their site."""

    title, parameter_name = _("state of the site"), "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return Site.State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(site__state=self.value()) if self.value() else queryset
