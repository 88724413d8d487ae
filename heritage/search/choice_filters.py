"""Values of filters that stand for terms and for entries of registers: what an address calls them.

They are looked up in the vocabularies in memory; what is not there is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import django_filters as filters
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from heritage.models import Scheme, SchemeTerm
from heritage.models.vocabularies import Term
from heritage.search.filter_fields import Fixed, ValuesField, unknown
from heritage.search.vocabulary import Vocabulary


def written(value) -> str:
    """How an address writes a chosen value."""
    if isinstance(value, SchemeTerm):
        return value.code
    return value.slug if isinstance(value, (Term, Scheme)) else str(value)


# What a site can have, by what an address calls it.
HAS = {"image": _("a photograph"), "visiting": _("visiting facts")}


class KnownField(ValuesField):
    """Values that `find` knows by what an address calls them, out of the vocabularies in memory."""

    def __init__(self, *args, find: Callable[[Vocabulary], dict], **kwargs):
        self.find = find
        super().__init__(*args, **kwargs)
        self.terms: Callable[[], Vocabulary] | None = None  # the form's, set when it is made

    def meanings(self, texts: list[str]) -> tuple[list, list[ValidationError]]:
        self.known = self.find(self.terms()) if texts else {}
        return super().meanings(texts)

    def meaning(self, text: str):
        if text in self.known:
            return self.known[text]
        plain = text.strip("()（）").casefold()  # as people write them: era=Tang, criterion=(i)
        for value, what in self.known.items():
            if value.casefold() == plain:
                return what
        raise unknown(text)


class KnownFilter(Fixed, filters.Filter):
    field_class = KnownField


def schemes(role: str) -> Callable[[Vocabulary], dict[str, Scheme]]:
    """The registers of a role."""
    return lambda terms: {s.slug: s for s in terms.schemes.values() if s.role == role}


def world_heritage(facet: str) -> Callable[[Vocabulary], dict[str, SchemeTerm]]:
    """The words of the World Heritage List for criteria or categories, by their codes."""

    def find(terms: Vocabulary) -> dict[str, SchemeTerm]:
        registers = schemes(Scheme.Role.WORLD_HERITAGE)(terms).values()
        return {term.code: term for each in registers for term in terms.terms_of(each, facet)}

    return find


@dataclass(frozen=True, slots=True)
class Rating:
    """A tourist rating, of any grade or of one; in an address “cn-rating.5A”."""

    scheme: Scheme
    grade: SchemeTerm | None = None

    def __str__(self) -> str:
        return f"{self.scheme.slug}.{self.grade.code}" if self.grade else self.scheme.slug


def ratings(terms: Vocabulary) -> dict[str, Rating]:
    found = []
    for scheme in schemes(Scheme.Role.RATING)(terms).values():
        grades = terms.terms_of(scheme, SchemeTerm.Facet.CATEGORY)
        found += [Rating(scheme), *(Rating(scheme, grade) for grade in grades)]
    return {str(rating): rating for rating in found}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of a protection register; in an address “cn-national.1”."""

    scheme: Scheme
    number: int

    def __str__(self) -> str:
        return f"{self.scheme.slug}.{self.number}"


class BatchField(KnownField):
    """A register and a number, whether or not the register has such a batch."""

    def meaning(self, text: str) -> Batch:
        slug, _dot, number = text.partition(".")
        if slug not in self.known or not re.fullmatch("[0-9]{1,5}", number):
            raise unknown(text)
        return Batch(self.known[slug], int(number))


class BatchFilter(Fixed, filters.Filter):
    field_class = BatchField
