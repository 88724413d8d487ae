"""Facets of registers: UNESCO status, protection, ratings, and the World Heritage List's terms."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from heritage.models import Scheme, SchemeTerm, UnescoStatus, WorldHeritage
from heritage.models.unesco import statuses_of
from heritage.search.facets.base import ChoicesFacet, Facet
from heritage.search.filter_fields import Years, read_years, unknown
from heritage.search.vocabulary import Vocabulary
from heritage.values.date_format import span_phrase


def schemes(terms: Vocabulary, role: str) -> dict[str, Scheme]:
    """The registers of a role by their slugs, in the order of their rank."""
    return {scheme.slug: scheme for scheme in terms.schemes.values() if scheme.role == role}


class UnescoFacet(ChoicesFacet):
    name, label, is_open = "unesco", _("UNESCO status"), True
    admin_title = label
    enumeration = UnescoStatus

    def read(self, rows):
        covered = defaultdict(set)
        for pk, _designation, entry in rows.coverages:
            covered[pk].add(entry[:3])
        for pk in rows.sites:
            for status in statuses_of(covered.get(pk, ())):
                yield pk, self.key(status)

    def term(self, value):
        return value.counted_label

    def narrow(self, queryset, values):
        return queryset.with_unesco_status(*values)


class ProtectionFacet(Facet):
    """Registers that protect; the index holds the registers of all other roles beside them."""

    name, label = "protection", _("Protection")

    def index_name(self, role=None):
        return "scheme"

    def read(self, rows):
        for pk, _designation, entry in rows.coverages:
            if entry.is_in_force:
                yield pk, f"scheme:{entry.scheme}"

    def choices(self, terms):
        return schemes(terms, Scheme.Role.PROTECTION)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of a protection register; in an address “cn-national.1”."""

    scheme: Scheme
    number: int

    def __str__(self) -> str:
        return f"{self.scheme.slug}.{self.number}"


class BatchFacet(Facet):
    """Any number of a register may be asked for, whether or not it has such a batch."""

    name, label = "batch", _("Batch")

    def read(self, rows):
        for pk, _designation, entry in rows.coverages:
            if entry.is_in_force and entry.batch is not None:
                yield pk, f"batch:{entry.scheme}.{entry.batch}"

    def key(self, value, role=None):
        return f"batch:{value.scheme.pk}.{value.number}"

    def choices(self, terms):
        return schemes(terms, Scheme.Role.PROTECTION)

    def parse(self, text, choices):
        slug, _dot, number = text.partition(".")
        scheme = choices.get(slug) or choices.get(slug.lower())
        if scheme is None or not re.fullmatch("[0-9]{1,5}", number):
            raise unknown(text)
        return Batch(scheme, int(number))

    def slug(self, value):
        return str(value)

    def tidied(self, text):
        found = re.fullmatch(r"([^.]+)\.0*([0-9]{1,5})", text)
        return f"{found[1]}.{found[2]}" if found else text

    def listed(self, index, terms):
        found = (tuple(map(int, value.split("."))) for value in index.values_of("batch"))
        return [Batch(terms.schemes[scheme], number) for scheme, number in sorted(found)]

    def term(self, value):
        register = value.scheme.short_label.best() or value.scheme.label.best()
        return now("%(register)s, batch %(number)s") % {
            "register": register,
            "number": value.number,
        }

    def describe(self, value):
        return now("%(register)s, batch %(number)s") % {
            "register": value.scheme.label.best(),
            "number": value.number,
        }


@dataclass(frozen=True, slots=True)
class Rating:
    """A tourist rating, of any grade or of one; in an address “cn-rating.5A”."""

    scheme: Scheme
    grade: SchemeTerm | None = None

    def __str__(self) -> str:
        return f"{self.scheme.slug}.{self.grade.code}" if self.grade else self.scheme.slug


class RatingFacet(Facet):
    """Registers that rate (read by `ProtectionFacet`) and their grades (by `CategoryFacet`)."""

    name, label = "rating", _("Tourist rating")

    def read(self, rows):
        return ()

    def key(self, value, role=None):
        return f"category:{value.grade.pk}" if value.grade else f"scheme:{value.scheme.pk}"

    def choices(self, terms):
        found = []
        for scheme in schemes(terms, Scheme.Role.RATING).values():
            grades = terms.terms_of(scheme, SchemeTerm.Facet.CATEGORY)
            found += [Rating(scheme), *(Rating(scheme, grade) for grade in grades)]
        return {str(rating): rating for rating in found}

    def slug(self, value):
        return str(value)

    def term(self, value):
        return value.grade or value.scheme


class WorldHeritageTermFacet(Facet):
    """Terms of the World Heritage List by their codes, of the entries that hold today."""

    term_facet: SchemeTerm.Facet

    def choices(self, terms):
        registers = schemes(terms, Scheme.Role.WORLD_HERITAGE).values()
        return {
            term.code: term for each in registers for term in terms.terms_of(each, self.term_facet)
        }

    def slug(self, value):
        return value.code


class CategoryFacet(WorldHeritageTermFacet):
    """The categories of the World Heritage List; the index holds those of other registers too."""

    name, label = "category", _("World Heritage category")
    term_facet = SchemeTerm.Facet.CATEGORY

    def read(self, rows):
        for pk, _designation, entry in rows.coverages:
            if entry.is_in_force and entry.category is not None:
                yield pk, f"category:{entry.category}"


class CriterionFacet(WorldHeritageTermFacet):
    name, label = "criterion", _("World Heritage criterion")
    term_facet = SchemeTerm.Facet.CRITERION

    def read(self, rows):
        for pk, term in rows.terms_of_world_heritage(WorldHeritage.criteria.through):
            yield pk, f"criterion:{term}"

    def describe(self, value):
        words = {"code": value.code, "label": value.label.best()}
        return pgettext("criterion", "(%(code)s) %(label)s") % words


class RegionFacet(WorldHeritageTermFacet):
    """UNESCO's regions of the world; a site under no entry of the World Heritage List has none."""

    name, label = "region", _("Region of the world")
    term_facet = SchemeTerm.Facet.REGION

    def read(self, rows):
        for pk, term in rows.terms_of_world_heritage(WorldHeritage.regions.through):
            yield pk, f"region:{term}"


class InscribedFacet(Facet):
    """Years in which World Heritage was inscribed.

    Listed are the years that some site has; spans of years may be asked for as well: 1990-1999,
    since 2010.
    """

    name, label, is_endless = "inscribed", _("Year inscribed"), True
    site_columns = ("inscribed_year",)

    def read(self, rows):
        for pk, year in rows.column("inscribed_year"):
            if year is not None:
                yield pk, f"inscribed:{year}"

    def choices(self, terms):
        return {}

    def parse(self, text, choices):
        return Years(text, *read_years(text))

    def slug(self, value):
        return value.text

    def tidied(self, text):
        return text

    def key(self, value, role=None):
        return f"inscribed:{value.first}"  # of a listed year

    def keys(self, values, index, role):
        listed = map(int, index.values_of("inscribed"))
        return [f"inscribed:{year}" for year in listed if any(year in span for span in values)]

    def listed(self, index, terms):
        years = sorted(map(int, index.values_of("inscribed")))
        return [Years(str(year), year, year) for year in years]

    def term(self, value):
        return span_phrase(value.first, value.last)
