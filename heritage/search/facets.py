"""What can be chosen, with how many sites each choice would show.

Each facet is counted among the sites that all *other* filters leave, so that choosing a
second value of it shows what one would get.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.models import Era, Scheme, SchemeTerm, SiteEra, UnescoStatus
from heritage.models.vocabularies import Term
from heritage.search import queries, vocabulary
from heritage.search.choice_filters import HAS, Batch, written
from heritage.search.facet_counts import Value, Values
from heritage.search.filters import SiteFilter, index_name
from heritage.search.index.snapshot import NOTHING
from heritage.search.lru_cache import Recent
from heritage.search.vocabulary import Tree, Vocabulary
from heritage.values.language import Text, language_name

_MANY = 10_000  # sites, among which counting takes longer than anything else
_KEPT = 1_000  # facets whose counts among many are remembered, of four bytes a value


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
        """What tells it from its like: the years of an era, and its region outside China."""
        if not isinstance(self.term, Era):
            return ""
        region = str(self.term.region_name.best())
        if not region or region in str(self.label):
            return self.term.years()
        return f"{self.term.years()} · {region}"


@dataclass(frozen=True, slots=True)
class Facet:
    """Values with their counts; a page shows few of them, and only those are made options."""

    name: str
    label: str
    values: Sequence[Value]
    counts: Sequence[int]  # of each value
    offered: Sequence[int]  # the places of those that can be chosen here
    picked: Sequence[int]  # of those that are chosen

    def option(self, place: int) -> Option:
        each = self.values[place]
        return Option(each.slug, each.term, self.counts[place], place in self.picked, each.depth)

    @property
    def options(self) -> list[Option]:
        return [self.option(place) for place in self.offered]

    @property
    def chosen(self) -> list[Option]:
        return [self.option(place) for place in self.picked]

    def broader(self, place: int) -> list[int]:
        """The places of the broader values, the nearest first."""
        found = []
        while (above := self.values[place].parent) is not None:
            found.append(place := above)
        return found


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
        _flat_facet(filtered, "batch", _batches(filtered, terms), _batch_label),
        _flat_facet(filtered, "rating", _ratings(terms)),
        _flat_facet(filtered, "category", _world_heritage(terms, SchemeTerm.Facet.CATEGORY)),
        _flat_facet(filtered, "criterion", _world_heritage(terms, SchemeTerm.Facet.CRITERION)),
        _flat_facet(filtered, "has", _what_sites_have()),
        _flat_facet(filtered, "language", _languages(filtered), language_name),
    ]


def applied(filtered: SiteFilter, facets: Iterable[Facet]) -> list[Applied]:
    """What is applied, in words: the text first, the facets in their order, then the rest."""
    data, found = filtered.data, []
    text = filtered.chosen("q")
    if text:
        found.append(
            Applied("q", str(filtered.filters["q"].label), text, queries.without(data, "q"))
        )
    role = dict(SiteEra.Role.choices).get(filtered.chosen("role"), "")
    others = filtered.said()
    for facet in facets:
        if any(said.name == facet.name for said in others):
            continue
        for option in facet.chosen:
            label = f"{facet.label} ({role})" if role and facet.name == "era" else facet.label
            without = queries.without(data, facet.name, option.value)
            found.append(Applied(facet.name, label, option.label, without))
    for said in others:
        without = queries.without(data, said.name, said.value, said.together)
        found.append(Applied(said.name, said.label, said.words, without))
    return found


# --- the values of each facet: what the index calls it, term or label, what the address calls it


Listed = Iterable[tuple[str, Term | Scheme | SchemeTerm | str, str]]


def _statuses() -> Listed:
    for status in UnescoStatus:
        yield f"unesco:{status}", status.counted_label, status.value


def _schemes(terms: Vocabulary, role: str) -> Listed:
    for scheme in terms.schemes.values():
        if scheme.role == role:
            yield f"scheme:{scheme.pk}", scheme, scheme.slug


def _batches(filtered: SiteFilter, terms: Vocabulary) -> Listed:
    found = (tuple(map(int, value.split("."))) for value in filtered.index.values_of("batch"))
    for scheme_id, number in sorted(found):
        batch = Batch(terms.schemes[scheme_id], number)
        yield f"batch:{scheme_id}.{number}", _batch_label(batch), str(batch)


def _batch_label(batch: Batch) -> str:
    words = batch.scheme.short_label.best() or batch.scheme.label.best()
    return _("%(register)s, batch %(number)s") % {"register": words, "number": batch.number}


def _ratings(terms: Vocabulary) -> Listed:
    for value, scheme, slug in _schemes(terms, Scheme.Role.RATING):
        yield value, scheme, slug
        for grade in terms.terms_of(scheme, SchemeTerm.Facet.CATEGORY):
            yield f"category:{grade.pk}", grade, f"{slug}.{grade.code}"


def _world_heritage(terms: Vocabulary, facet: str) -> Listed:
    for _value, scheme, _slug in _schemes(terms, Scheme.Role.WORLD_HERITAGE):
        for term in terms.terms_of(scheme, facet):
            yield f"{facet}:{term.pk}", term, term.code


def _what_sites_have() -> Listed:
    for what, label in HAS.items():
        yield f"has:{what}", str(label), what


def _languages(filtered: SiteFilter) -> Listed:
    for code in sorted(filtered.index.values_of("language")):
        yield f"language:{code}", language_name(code), code


# --- counting --------------------------------------------------------------------------------


def _tree_facet(filtered: SiteFilter, name: str, tree: Tree) -> Facet:
    """A vocabulary: a term counts the sites of its narrower terms too."""
    value = index_name(name, filtered.chosen("role"))

    def rows() -> list[Value]:
        found: list[Value] = []

        def walk(term_id: int | None, parent: int | None, depth: int) -> None:
            for term in tree.children.get(term_id, ()):
                sites = filtered.index.having(f"{value}:{term.pk}")
                found.append(Value(term, term.slug, depth, parent, sites))
                walk(term.pk, len(found) - 1, depth + 1)

        walk(None, None, 0)
        return found

    return _facet(filtered, name, value, ("values", value), rows, with_nothing=False)


def _flat_facet(
    filtered: SiteFilter, name: str, listed: Listed, label: Callable[..., str] | None = None
) -> Facet:
    """`label` says what no site of the catalogue has, and somebody chose: that comes last."""

    def rows() -> list[Value]:
        having = filtered.index.having
        return [Value(term, slug, 0, None, having(value)) for value, term, slug in listed]

    kept_as = ("values", name, get_language())  # with labels
    facet = _facet(filtered, name, name, kept_as, rows, with_nothing=True)
    if label is None:
        return facet
    known = {each.slug for each in facet.values}
    others = [each for each in filtered.chosen(name) or () if written(each) not in known]
    if not others:
        return facet
    places = range(len(facet.values), len(facet.values) + len(others))
    return replace(
        facet,
        values=[
            *facet.values,
            *(Value(label(each), written(each), 0, None, NOTHING) for each in others),
        ],
        counts=[*facet.counts, *(0 for _each in others)],
        offered=[*facet.offered, *places],
        picked=[*facet.picked, *places],
    )


def _facet(
    filtered: SiteFilter,
    name: str,
    value: str,
    kept_as: tuple,
    rows: Callable[[], list[Value]],
    with_nothing: bool,
) -> Facet:
    """With those of its values offered that have sites here, or are chosen.

    `with_nothing`: also those that only other sites have. Values, and what is counted among all
    sites, are remembered until a value or a term changes.
    """
    memory = filtered.index.facet_memory
    chosen = set(map(written, filtered.chosen(name) or ()))
    values = memory.get(kept_as)
    if values is None:
        values = memory[kept_as] = Values(rows(), filtered.index.sites)
    key = ("facet", value, get_language())
    counts = _counts(filtered, name, value, values)
    if counts is None and not chosen and key in memory:
        return memory[key]
    found = values.totals if counts is None else counts
    having = values.totals if with_nothing else found
    offered = {place for place, each in enumerate(having) if each}
    picked = (
        [place for place, each in enumerate(values.rows) if each.slug in chosen] if chosen else []
    )
    label = str(filtered.filters[name].label)
    facet = Facet(name, label, values.rows, found, sorted(offered.union(picked)), picked)
    if counts is None and not chosen:
        memory[key] = facet
    return facet


def _counts(filtered: SiteFilter, name: str, value: str, values: Values) -> Sequence[int] | None:
    """How many sites each value would show beside all that other filters ask; None: all it has.

    Counts among many sites are remembered until a value or a term changes: a few broad filters
    lead to most of the pages that are asked for.
    """
    # Of what a site `has`, one value narrows the other: they are counted among what is left.
    beside = None if name == "has" else name
    hits = filtered.hits if beside is None else filtered.without(name)
    sites = filtered.index.sites
    if len(hits) == len(sites):
        return None

    def counts() -> list[int]:
        return values.counts(
            hits, lambda: filtered.misses if hits is filtered.hits else sites - hits
        )

    if len(hits) <= _MANY:
        return counts()
    index = filtered.index
    memory = index.facet_memory if filtered.is_answered_by_values(beside) else index.memory
    kept = memory.setdefault("counts", Recent(_KEPT))
    return kept.recall((filtered.fingerprint(beside), value), lambda: array("I", counts()))
