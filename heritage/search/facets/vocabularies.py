"""Facets of the three vocabularies: kinds, eras and places."""

from itertools import chain

from django.utils.translation import gettext_lazy as _

from heritage.models import Era, Kind, Place, Site, SiteEra
from heritage.search.facets.base import TreeFacet
from heritage.search.index.rows import CHUNK


class KindFacet(TreeFacet):
    name, admin_title = "kind", _("kind")
    label, model = _("Kind"), Kind
    suggestions_label, search_label, suggestions_order = _("Kinds of places"), _("As a kind"), 3

    def tree(self, terms):
        return terms.kinds

    def read(self, rows):
        return self.read_terms(rows, rows.pairs(Site.kinds.through, "site_id", "kind_id"))

    def used_by(self):
        return Site.kinds.through.objects, "kind"

    def narrow(self, queryset, values):
        return queryset.of_kinds(values)


class EraFacet(TreeFacet):
    """Eras of any part of a site's history; those of each role are kept beside them."""

    name, admin_title = "era", _("era")
    label, model = _("Era"), Era
    suggestions_label, search_label, suggestions_order = _("Eras"), _("As an era"), 1

    def tree(self, terms):
        return terms.eras

    def index_name(self, role=None):
        return f"{self.name}.{role}" if role else self.name

    def read(self, rows):
        broader, keys = rows.broader[Era], {}
        found = rows.of(SiteEra.objects.all()).values_list("site_id", "era_id", "role")
        for pk, era, role in found.iterator(CHUNK):
            if pk not in rows.published:
                continue
            if (era, role) not in keys:
                # A span that runs through an era is no statement, and asked for by itself.
                names = [self.index_name(role)]
                names += [self.name] if role != SiteEra.Role.WITHIN else []
                keys[era, role] = [f"{name}:{each}" for name in names for each in broader[era]]
            for key in keys[era, role]:
                yield pk, key

    def active_label(self, filtered):
        role = dict(SiteEra.Role.choices).get(filtered.chosen("role"))
        return f"{self.label} ({role})" if role else str(self.label)

    def used_by(self):
        return SiteEra.objects.exclude(role=SiteEra.Role.WITHIN), "era"

    def narrow(self, queryset, values):
        return queryset.of_eras(values)


class PlaceFacet(TreeFacet):
    name, admin_title = "place", _("place")
    label, model = _("Place"), Place
    suggestions_label, search_label, suggestions_order = _("Places"), _("As a place"), 2
    site_columns = ("place_id",)

    def tree(self, terms):
        return terms.places

    def read(self, rows):
        main = ((pk, place) for pk, place in rows.column("place_id") if place)
        others = rows.pairs(Site.also_in.through, "site_id", "place_id")
        return self.read_terms(rows, chain(main, others))

    def used_by(self):
        return Site.objects, "place"

    def narrow(self, queryset, values):
        return queryset.in_places(values)
