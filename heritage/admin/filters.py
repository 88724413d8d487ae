"""List filters of the admin. Each offers a limited number of choices in a catalogue of any size."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib.admin import ListFilter, SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from heritage.admin import desk
from heritage.admin.access import is_id
from heritage.admin.fields import language_in_words
from heritage.models import Coverage, Era, Image, Kind, Place, Scheme, Site, UnescoStatus
from heritage.models.vocabularies import Term
from heritage.search import similar
from heritage.search.facets.base import TreeFacet
from heritage.search.facets.registers import UnescoFacet
from heritage.search.facets.registry import FACETS
from heritage.search.index import store

type Filters = tuple[str | type[ListFilter], ...]

LONGEST = 60  # choices of one filter
MOST_USED = 20  # of those that are offered by use; all others are found by searching
MOST_COUNTED = 1_000  # unpublished sites; they are few
MOST_NAMED = 10_000  # sites that a query names by their ids


class TreeFilter(SimpleListFilter):
    """Filters by the terms of a tree, one level at a time, the broadest first."""

    model: type[Term]

    def lookups(self, request, model_admin):
        chosen = self.chosen(request)
        level: QuerySet[Any] = self.model.objects.all()
        level = level.filter(parent=chosen)
        counts = self.counts()
        if counts is not None:
            level = level.filter(pk__in=self.most_used(level, counts))
        line = [*chosen.ancestors(), chosen] if chosen else []
        return [(str(term.pk), str(term)) for term in (*line, *level[:LONGEST])]

    def has_output(self):
        return True

    def counts(self) -> dict[int, int] | None:
        """The number of sites of each term, where unused terms are left out."""
        return None

    @staticmethod
    def most_used(level, counts: dict[int, int]) -> list[int]:
        """The most used terms of a level."""
        used = [pk for pk in level.values_list("pk", flat=True) if counts.get(pk)]
        return sorted(used, key=lambda pk: -counts[pk])[:MOST_USED]

    @classmethod
    def chosen(cls, request):
        value = request.GET.get(cls.parameter_name, "")
        # An id beyond the column's range would be an error in the database.
        if not is_id(value):
            return None
        return cls.model.objects.filter(pk=value).first()

    def narrowed(self, request) -> set[int] | None:
        chosen = self.chosen(request)
        return self.model.objects.subtree_ids([chosen.pk]) if chosen else None


def _counted(facet: str, model, column: str, rows) -> dict[int, int]:
    """Sites by term: published sites are counted by the index, others by the database.

    `rows` has a row for each use of a term, `column` names the term.
    """
    index = store.current()
    counts = {int(pk): len(index.having(f"{facet}:{pk}")) for pk in index.values_of(facet)}
    # By ranges of the index: told to look for each other state, SQLite reads all published too.
    others = Site.objects.filter(
        Q(state__lt=Site.State.PUBLISHED) | Q(state__gt=Site.State.PUBLISHED)
    )
    ids = list(others.order_by().values_list("pk", flat=True)[:MOST_COUNTED])
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

    def counts(self):
        rows, column = self.facet.used_by()
        return _counted(self.facet.name, self.model, column, rows)

    def queryset(self, request, queryset):
        ids = self.narrowed(request)
        return queryset if ids is None else self.facet.narrow(queryset, ids)


class UnescoListFilter(SimpleListFilter):
    """Sites by UNESCO status, whether published or not."""

    facet: UnescoFacet

    def lookups(self, request, model_admin):
        return UnescoStatus.choices

    def queryset(self, request, queryset):
        value = self.value()
        if value is not None and value in dict(self.lookup_choices):
            return self.facet.narrow(queryset, [value])
        return queryset


def _facet_filter(facet: TreeFacet | UnescoFacet) -> type[SimpleListFilter]:
    attributes = {"facet": facet, "title": facet.admin_title, "parameter_name": facet.name}
    name = f"{facet.name.title()}FacetListFilter"
    if isinstance(facet, TreeFacet):
        return type(name, (TreeFacetListFilter,), {**attributes, "model": facet.model})
    return type(name, (UnescoListFilter,), attributes)


# In the order of the form; those of the facets that are none of the admin's are left out.
FACET_FILTERS = [
    _facet_filter(facet) for facet in FACETS if isinstance(facet, TreeFacet | UnescoFacet)
]


class WithinPlaceFilter(TreeFilter):
    """For places: those within a place."""

    title, parameter_name = _("within"), "within"
    model: type[Term] = Place

    def queryset(self, request, queryset):
        ids = self.narrowed(request)
        return queryset if ids is None else queryset.filter(pk__in=ids)


class WithinEraFilter(WithinPlaceFilter):
    model = Era


class WithinKindFilter(WithinPlaceFilter):
    model = Kind


class SchemeFilter(SimpleListFilter):
    """By register; `path` leads from the listed model to it."""

    title, parameter_name, path = _("register"), "register", "scheme"

    def lookups(self, request, model_admin):
        return [(scheme.slug, str(scheme)) for scheme in Scheme.objects.all()[:LONGEST]]

    def queryset(self, request, queryset):
        return queryset.filter(**{f"{self.path}__slug": self.value()}) if self.value() else queryset


class CoverageSchemeFilter(SchemeFilter):
    path = "designation__scheme"


class SiteSchemeFilter(SchemeFilter):
    """Sites covered by any entry of a register, in force or not."""

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        rows = Coverage.objects.filter(site=OuterRef("pk"), designation__scheme__slug=self.value())
        return queryset.filter(Exists(rows))


def _lacks_text(code: str) -> Q:
    return ~Q(summary__has_key=code) & ~Q(description__has_key=code)


class GapFilter(SimpleListFilter):
    """Sites that lack something that readers look for."""

    title, parameter_name = _("what is missing"), "lacks"

    # By value: label and condition on sites.
    GAPS = {
        "point": (_("point"), Q(latitude__isnull=True)),
        "place": (_("place"), Q(place__isnull=True)),
        "kinds": (_("kind"), Q(kinds__isnull=True)),
        "events": (_("event"), Q(events__isnull=True)),
        "picture": (
            _("published picture"),
            ~Exists(Image.objects.filter(site=OuterRef("pk"), published=True)),
        ),
    }

    def lookups(self, request, model_admin):
        texts = [
            (f"text-{code}", _("text in %(language)s") % {"language": language_in_words(code)})
            for code, _name in settings.LANGUAGES
        ]
        return [(value, label) for value, (label, _q) in self.GAPS.items()] + texts

    @staticmethod
    def known(request) -> BitMap | None:
        """The published sites with this gap, from the index."""
        is_published = request.GET.get("state__exact") == Site.State.PUBLISHED
        value = request.GET.get("lacks", "")
        is_known = value in ("point", "place", "picture") or value.startswith("text-")
        return desk.lacking(value) if is_published and is_known else None

    def queryset(self, request, queryset):
        value = self.value() or ""
        found = self.known(request)
        if found is not None and len(found) <= MOST_NAMED:
            return queryset.filter(pk__in=list(found))
        if value.startswith("text-") and value in dict(self.lookup_choices):
            return queryset.filter(_lacks_text(value.removeprefix("text-")))
        return queryset.filter(self.GAPS[value][1]) if value in self.GAPS else queryset


class DoubtFilter(SimpleListFilter):
    """Sites that may be recorded twice."""

    title, parameter_name = _("doubt"), "doubt"

    def lookups(self, request, model_admin):
        return [("twice", _("perhaps twice in the catalogue"))]

    def queryset(self, request, queryset):
        if self.value() != "twice":
            return queryset
        return queryset.filter(pk__in=list(similar.same_names(store.current())))


class AuthorFilter(SimpleListFilter):
    """Records that the current user added or is assigned to."""

    title, parameter_name = _("whose they are"), "by"

    def lookups(self, request, model_admin):
        return [("me", _("added by me")), ("assigned", _("assigned to me"))]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(created_by=request.user)
        if self.value() == "assigned":
            return queryset.filter(review__assigned_to=request.user)
        return queryset


class CheckedFilter(SimpleListFilter):
    """Visiting information by the date when its source was last checked."""

    title, parameter_name = _("when it was checked"), "checked"

    def lookups(self, request, model_admin):
        return [
            ("recent", _("within a year")),
            ("old", _("more than a year ago")),
            ("unchecked", _("never")),
        ]

    def queryset(self, request, queryset):
        first = desk.last_checked(timezone.localdate())
        if self.value() == "recent":
            return queryset.filter(checked_on__gte=first)
        if self.value() == "old":
            return queryset.filter(checked_on__lt=first)
        return queryset.filter(checked_on=None) if self.value() == "unchecked" else queryset


class SiteStateFilter(SimpleListFilter):
    """Rows by the state of their site."""

    title, parameter_name = _("state of the site"), "state"

    def lookups(self, request, model_admin):
        return Site.State.choices

    def queryset(self, request, queryset):
        return queryset.filter(site__state=self.value()) if self.value() else queryset
