"""Kinds, eras, places, registers, licences and the catalogue's identity, in memory.

They are read again when one of them is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from heritage.models import (
    Era,
    IdentifierScheme,
    Identity,
    Kind,
    Licence,
    Place,
    Register,
    RegisterTerm,
    Source,
    Term,
)
from heritage.search.caches import Cache, LRUCache

_KEPT = 2  # the one that all use, and that of a transaction which is still open
_kept: LRUCache[str, "Vocabulary"] = LRUCache(_KEPT)


class TermTree[T: Term]:
    """The terms of one vocabulary, each linked to its broader one. Read-only."""

    def __init__(self, terms: Iterable[T]):
        self.terms: dict[int, T] = {term.pk: term for term in terms}
        self.by_slug = {term.slug: term for term in self.terms.values()}
        self.children: dict[int | None, list[T]] = {}
        for term in self.terms.values():
            self.children.setdefault(term.parent_id, []).append(term)
            if term.parent_id is not None:
                term.parent = self.terms[term.parent_id]
        self.order = {pk: place for place, pk in enumerate(self.terms)}

    def get(self, pk: int | None) -> T | None:
        return None if pk is None else self.terms.get(pk)

    def broader(self, term: T) -> list[T]:
        """From the broadest term down to the parent."""
        chain: list[T] = []
        parent = self.get(term.parent_id)
        while parent is not None and parent not in chain:
            chain.append(parent)
            parent = self.get(parent.parent_id)
        return chain[::-1]


@dataclass(slots=True)
class Vocabulary:
    kinds: TermTree[Kind] = field(default_factory=lambda: TermTree(Kind.objects.all()))
    eras: TermTree[Era] = field(default_factory=lambda: TermTree(Era.objects.all()))
    places: TermTree[Place] = field(default_factory=lambda: TermTree(Place.objects.all()))
    registers: dict[int, Register] = field(  # in the order of their rank
        default_factory=lambda: {register.pk: register for register in Register.objects.all()}
    )
    terms: dict[int, RegisterTerm] = field(  # in their order
        default_factory=lambda: {term.pk: term for term in RegisterTerm.objects.all()}
    )
    licences: dict[int, Licence] = field(default_factory=lambda: Licence.objects.in_bulk())
    identifier_schemes: dict[int, IdentifierScheme] = field(
        default_factory=lambda: IdentifierScheme.objects.in_bulk()
    )
    recalled: frozenset[int] = field(
        default_factory=lambda: frozenset(
            Source.objects.filter(kind=Source.Kind.RECALLED).values_list("pk", flat=True)
        )
    )
    identity: Identity = field(default_factory=lambda: Identity.objects.current())
    # What pages make of the terms, such as their labels as HTML; as long-lived as the terms.
    cache: Cache = field(default_factory=Cache)

    def __post_init__(self) -> None:
        for era in self.eras.terms.values():
            era.region = self.places.get(era.region_id)

    def terms_of(self, register: Register, facet: str) -> list[RegisterTerm]:
        """The terms of a register: its categories, criteria or regions."""
        return [t for t in self.terms.values() if t.register_id == register.pk and t.facet == facet]


def vocabulary_of(token: str) -> Vocabulary:
    """The vocabularies as of index snapshots with this `vocabulary_token`."""
    return _kept.get_or_set(token, Vocabulary)
