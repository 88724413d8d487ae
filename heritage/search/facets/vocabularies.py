"""Facets of the three vocabularies: kinds, eras and places."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from heritage.models import Era, Kind, Place, Site, SiteEra, SiteQuerySet
from heritage.search.facets.base import TreeFacet
from heritage.search.index.rows import CHUNK, IndexRows
from heritage.search.index.snapshot import TermTree, Vocabulary


class KindFacet(TreeFacet[Kind]):
    name, admin_title = "kind", _("kind")
    label, model = _("Kind"), Kind
    is_unfolded = is_repeatable = True
    suggestions_label, search_label, suggestions_order = _("Kinds of places"), _("As a kind"), 3

    def tree(self, terms: Vocabulary) -> TermTree[Kind]:
        return terms.kinds

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        return self.read_terms(rows, rows.pairs(Site.kinds.through, "site_id", "kind_id"))

    def used_by(self) -> tuple[QuerySet[Any], str]:
        return Site.kinds.through.objects.all(), "kind"

    def filter_queryset(self, queryset: SiteQuerySet, ids: Iterable[int]) -> SiteQuerySet:
        return queryset.of_kinds(ids)


class EraFacet(TreeFacet[Era]):
    """Eras of any part of a site's history; the index keeps those of each role, too."""

    name, admin_title = "era", _("era")
    label, model = _("Era"), Era
    is_unfolded = is_repeatable = True
    suggestions_label, search_label, suggestions_order = _("Eras"), _("As an era"), 1

    def tree(self, terms: Vocabulary) -> TermTree[Era]:
        return terms.eras

    def index_name(self, role: str | None = None) -> str:
        return f"{self.name}.{SiteEra.Role(role)}" if role else self.name

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        broader = rows.broader[Era]
        keys: dict[tuple[int, str], list[str]] = {}
        found = rows.belonging(SiteEra.objects.all()).values_list("site_id", "era_id", "role")
        for pk, era, role in found.iterator(CHUNK):
            if pk not in rows.published:
                continue
            if (era, role) not in keys:
                # A span that runs through an era is no statement, and asked for by itself.
                roles = (role,) if role in SiteEra.UNSTATED else (role, None)
                keys[era, role] = [self.key(pk, part) for part in roles for pk in broader[era]]
            for key in keys[era, role]:
                yield pk, key

    def active_label(self, role: str | None) -> str:
        return f"{self.label} ({SiteEra.Role(role).label})" if role else str(self.label)

    def used_by(self) -> tuple[QuerySet[Any], str]:
        return SiteEra.objects.exclude(role__in=SiteEra.UNSTATED), "era"

    def filter_queryset(self, queryset: SiteQuerySet, ids: Iterable[int]) -> SiteQuerySet:
        return queryset.of_eras(ids)


class PlaceFacet(TreeFacet[Place]):
    name, admin_title = "place", _("place")
    label, model = _("Place"), Place
    is_unfolded = is_repeatable = says_where = True
    suggestions_label, search_label, suggestions_order = _("Places"), _("As a place"), 2
    site_columns = ("place_id",)

    def tree(self, terms: Vocabulary) -> TermTree[Place]:
        return terms.places

    def index_keys(self, rows: IndexRows) -> Iterator[tuple[int, str]]:
        main = ((pk, place) for pk, place in rows.column("place_id") if place)
        others = rows.pairs(Site.also_in.through, "site_id", "place_id")
        return self.read_terms(rows, chain(main, others))

    def used_by(self) -> tuple[QuerySet[Any], str]:
        return Site.objects.all(), "place"

    def filter_queryset(self, queryset: SiteQuerySet, ids: Iterable[int]) -> SiteQuerySet:
        return queryset.in_places(ids)
