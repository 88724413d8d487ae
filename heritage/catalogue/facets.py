"""What can be chosen, with how many sites each choice would show.

Each facet is counted among the sites that all *other* filters leave, so that choosing a
second value of it shows what one would get.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.catalogue import vocabulary
from heritage.catalogue.filters import SiteFilter, index_name
from heritage.catalogue.known import HAS, written
from heritage.catalogue.recent import Recent
from heritage.catalogue.vocabulary import Tree, Vocabulary
from heritage.models import Era, Event, Scheme, SchemeTerm, UnescoStatus
from heritage.models.vocabularies import Term
from heritage.values.language import Text, language_name

_MANY = 10_000  # sites, among which counting takes longer than anything else
_KEPT = 128  # lists whose counts are remembered, of about 50 kB each
STEPS = ("page", "after", "before")  # what an address says of the page, and not of the list


class Option(NamedTuple):  # quickly made: a page has hundreds
    value: str
    term: Term | Scheme | SchemeTerm | str  # what it stands for, or its label
    count: int
    chosen: bool
    depth: int

    @property
    def label(self) -> Text | str:
        return self.term if isinstance(self.term, str) else self.term.label.best()

    @property
    def note(self) -> str:
        """What tells it from its like, such as the years of an era."""
        return self.term.years() if isinstance(self.term, Era) else ""


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.chosen]


@dataclass(frozen=True, slots=True)
class Applied:
    """One filter that is applied, in words, with the query string that takes it off."""

    name: str
    label: str
    value: Text | str
    without: str


def facets(filtered: SiteFilter) -> list[Facet]:
    """All facets of a list.

    Of a vocabulary those terms that have sites here, or are chosen; of a short list of values
    all that any site has, with a count of 0 where none is left.
    """
    terms = vocabulary.of(filtered.index)
    return [
        _tree_facet(filtered, "kind", terms.kinds),
        _tree_facet(filtered, "era", terms.eras),
        _tree_facet(filtered, "place", terms.places),
        _flat_facet(filtered, "unesco", _statuses()),
        _flat_facet(filtered, "protection", _schemes(terms, Scheme.Role.PROTECTION)),
        _flat_facet(filtered, "batch", _batches(filtered, terms)),
        _flat_facet(filtered, "rating", _ratings(terms)),
        _flat_facet(filtered, "category", _world_heritage(terms, SchemeTerm.Facet.CATEGORY)),
        _flat_facet(filtered, "criterion", _world_heritage(terms, SchemeTerm.Facet.CRITERION)),
        _flat_facet(filtered, "has", _what_sites_have()),
        _flat_facet(filtered, "language", _languages(filtered)),
    ]


def applied(filtered: SiteFilter, facets: Iterable[Facet]) -> list[Applied]:
    """What is applied, in words: the text first, the facets in their order, then the rest."""
    data, found = filtered.data, []
    text = filtered.chosen("q")
    if text:
        found.append(Applied("q", str(filtered.filters["q"].label), text, query(data, "q")))
    role = dict(Event.Role.choices).get(filtered.chosen("role"), "")
    others = filtered.said()
    for facet in facets:
        if any(said.name == facet.name for said in others):
            continue
        for option in facet.chosen:
            label = f"{facet.label} ({role})" if role and facet.name == "era" else facet.label
            without = query(data, facet.name, option.value)
            found.append(Applied(facet.name, label, option.label, without))
    for said in others:
        without = query(data, said.name, said.value, said.together)
        found.append(Applied(said.name, said.label, said.words, without))
    return found


def query(
    data: QueryDict, name: str, value: str | None = None, together: Iterable[str] = ()
) -> str:
    """The query string without `name` (or without one value of it), starting at its first page.

    `together` are names that mean nothing without it.
    """
    data = data.copy()
    kept = [] if value is None else [v for v in data.getlist(name) if v != value]
    data.setlist(name, kept)
    for other in (*STEPS, *together):
        data.pop(other, None)
    return data.urlencode()


# --- the values of each facet: what the index calls it, term or label, what the address calls it


Values = Iterable[tuple[str, Term | Scheme | SchemeTerm | str, str]]


def _statuses() -> Values:
    return [(f"unesco:{status}", str(status.label), status.value) for status in UnescoStatus]


def _schemes(terms: Vocabulary, role: str) -> Values:
    for scheme in terms.schemes.values():
        if scheme.role == role:
            yield f"scheme:{scheme.pk}", scheme, scheme.slug


def _batches(filtered: SiteFilter, terms: Vocabulary) -> Values:
    found = {tuple(map(int, value.split("."))) for value in filtered.index.values_of("batch")}
    found |= {(batch.scheme.pk, batch.number) for batch in filtered.chosen("batch") or ()}
    for scheme_id, number in sorted(found):
        scheme = terms.schemes[scheme_id]
        words = {"register": scheme.short_label.best() or scheme.label.best(), "number": number}
        label = _("%(register)s, batch %(number)s") % words
        yield f"batch:{scheme_id}.{number}", label, f"{scheme.slug}.{number}"


def _ratings(terms: Vocabulary) -> Values:
    for value, scheme, slug in _schemes(terms, Scheme.Role.RATING):
        yield value, scheme, slug
        for grade in terms.terms_of(scheme, SchemeTerm.Facet.CATEGORY):
            yield f"category:{grade.pk}", grade, f"{slug}.{grade.code}"


def _world_heritage(terms: Vocabulary, facet: str) -> Values:
    for _value, scheme, _slug in _schemes(terms, Scheme.Role.WORLD_HERITAGE):
        for term in terms.terms_of(scheme, facet):
            yield f"{facet}:{term.pk}", term, term.code


def _what_sites_have() -> Values:
    for what, label in HAS.items():
        yield f"has:{what}", str(label), what


def _languages(filtered: SiteFilter) -> Values:
    chosen = filtered.chosen("language") or ()
    for code in sorted({*filtered.index.values_of("language"), *chosen}):
        yield f"language:{code}", language_name(code), code


# --- counting --------------------------------------------------------------------------------


def _tree_facet(filtered: SiteFilter, name: str, tree: Tree) -> Facet:
    """A vocabulary: a term counts the sites of its narrower terms too."""
    value = index_name(name, filtered.chosen("role"))

    def options(counted: "_Counted", chosen: set[str]) -> list[Option]:
        found: list[Option] = []

        def walk(parent_id: int | None, depth: int) -> None:
            for term in tree.children.get(parent_id, ()):
                count, is_chosen = counted(f"{value}:{term.pk}"), term.slug in chosen
                if count or is_chosen:
                    found.append(Option(term.slug, term, count, is_chosen, depth))
                if count or chosen:
                    walk(term.pk, depth + 1)

        walk(None, 0)
        return found

    return _facet(filtered, name, value, options)


def _flat_facet(filtered: SiteFilter, name: str, values: Values) -> Facet:
    def options(counted: "_Counted", chosen: set[str]) -> list[Option]:
        return [
            Option(slug, term, counted(value), slug in chosen, 0)
            for value, term, slug in values
            if slug in chosen or filtered.index.having(value)
        ]

    return _facet(filtered, name, name, options)


def _facet(filtered: SiteFilter, name: str, value: str, options) -> Facet:
    """What is counted among all sites is remembered until something is written."""
    counted, chosen = _Counted(filtered, name), set(map(written, filtered.chosen(name) or ()))
    label = str(filtered.filters[name].label)
    if not counted.is_all or chosen:
        return Facet(name, label, options(counted, chosen))
    memory, key = filtered.index.memory, ("facet", value, get_language())
    if key not in memory:
        memory[key] = Facet(name, label, options(counted, chosen))
    return memory[key]


class _Counted:
    """How many sites each value of a facet would show, beside all that other filters ask.

    Counts among many sites are remembered until something is written: a few broad filters lead
    to most of the pages that are asked for.
    """

    def __init__(self, filtered: SiteFilter, name: str):
        # Of what a site `has`, one value narrows the other: they are counted among what is left.
        self.hits: BitMap = filtered.hits if name == "has" else filtered.without(name)
        self.is_all = len(self.hits) == len(filtered.index.sites)
        self.having = filtered.index.having
        self.counts: dict[str, int] = {}
        if len(self.hits) > _MANY and not self.is_all:
            kept = filtered.index.memory.setdefault("counts", Recent(_KEPT))
            key = filtered.asked(None if name == "has" else name)
            self.counts = kept[key] = kept.get(key, self.counts)

    def __call__(self, value: str) -> int:
        if self.is_all:
            return len(self.having(value))
        count = self.counts.get(value)
        if count is None:
            count = self.counts[value] = self.hits.intersection_cardinality(self.having(value))
        return count
