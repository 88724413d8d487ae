"""What can be chosen, with how many sites each choice would show.

Each facet is counted among the sites that all *other* filters leave, so that choosing a
second value of it shows what one would get.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pyroaring import BitMap

from heritage.catalogue import queries, vocabulary
from heritage.catalogue.filters import SiteFilter, index_name
from heritage.catalogue.known import HAS, Batch, written
from heritage.catalogue.recent import Recent
from heritage.catalogue.vocabulary import Tree, Vocabulary
from heritage.models import Era, Event, Scheme, SchemeTerm, UnescoStatus
from heritage.models.vocabularies import Term
from heritage.values.language import Text, language_name

_MANY = 10_000  # sites, among which counting takes longer than anything else
_FEW = 2_000  # sites, below which a bitmap is short
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
    role = dict(Event.Role.choices).get(filtered.chosen("role"), "")
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


Values = Iterable[tuple[str, Term | Scheme | SchemeTerm | str, str]]


def _statuses() -> Values:
    for status in UnescoStatus:
        yield f"unesco:{status}", str(status.label), status.value


def _schemes(terms: Vocabulary, role: str) -> Values:
    for scheme in terms.schemes.values():
        if scheme.role == role:
            yield f"scheme:{scheme.pk}", scheme, scheme.slug


def _batches(filtered: SiteFilter, terms: Vocabulary) -> Values:
    found = (tuple(map(int, value.split("."))) for value in filtered.index.values_of("batch"))
    for scheme_id, number in sorted(found):
        batch = Batch(terms.schemes[scheme_id], number)
        yield f"batch:{scheme_id}.{number}", _batch_label(batch), str(batch)


def _batch_label(batch: Batch) -> str:
    words = batch.scheme.short_label.best() or batch.scheme.label.best()
    return _("%(register)s, batch %(number)s") % {"register": words, "number": batch.number}


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
    for code in sorted(filtered.index.values_of("language")):
        yield f"language:{code}", language_name(code), code


# --- counting --------------------------------------------------------------------------------


class _Value(NamedTuple):
    """A value of a facet with the sites that have it; `after` is where what is narrower ends."""

    term: Term | Scheme | SchemeTerm | str
    slug: str
    depth: int
    after: int
    sites: BitMap
    total: int  # of its sites


def _tree_facet(filtered: SiteFilter, name: str, tree: Tree) -> Facet:
    """A vocabulary: a term counts the sites of its narrower terms too."""
    value = index_name(name, filtered.chosen("role"))

    def values() -> list[_Value]:
        found: list[_Value] = []

        def walk(parent_id: int | None, depth: int) -> None:
            for term in tree.children.get(parent_id, ()):
                place, sites = len(found), filtered.index.having(f"{value}:{term.pk}")
                found.append(_Value(term, term.slug, depth, 0, sites, len(sites)))
                walk(term.pk, depth + 1)
                found[place] = found[place]._replace(after=len(found))

        walk(None, 0)
        return found

    return _facet(filtered, name, value, values, with_nothing=False)


def _flat_facet(
    filtered: SiteFilter, name: str, listed: Values, label: Callable[..., str] | None = None
) -> Facet:
    """`label` says what no site of the catalogue has, and somebody chose: that comes last."""

    def values() -> list[_Value]:
        return [
            _Value(term, slug, 0, place, sites, len(sites))
            for place, (value, term, slug) in enumerate(listed, start=1)
            for sites in [filtered.index.having(value)]
        ]

    facet = _facet(filtered, name, name, values, with_nothing=True)
    if label is None:
        return facet
    known = {option.value for option in facet.options}
    others = [each for each in filtered.chosen(name) or () if written(each) not in known]
    if not others:
        return facet
    options = [Option(written(each), label(each), 0, True, 0) for each in others]
    return Facet(name, facet.label, [*facet.options, *options])


def _facet(
    filtered: SiteFilter,
    name: str,
    value: str,
    make_values: Callable[[], list[_Value]],
    with_nothing: bool,
) -> Facet:
    """With those of its values that have sites here, or are chosen.

    `with_nothing`: also with those that only other sites have. Values, and what is counted among
    all sites, are remembered until something is written.
    """
    memory, language = filtered.index.memory, get_language()
    chosen = set(map(written, filtered.chosen(name) or ()))
    values = memory.get(("values", value, language))
    if values is None:
        values = memory[("values", value, language)] = make_values()
    key = ("facet", value, language)
    counts = _counts(filtered, name, value, values)
    if counts is None and not chosen and key in memory:
        return memory[key]
    options = [
        Option(each.slug, each.term, count, each.slug in chosen, each.depth)
        for each, count in zip(values, counts or [each.total for each in values], strict=True)
        if count or each.slug in chosen or (with_nothing and each.total)
    ]
    facet = Facet(name, str(filtered.filters[name].label), options)
    if counts is None and not chosen:
        memory[key] = facet
    return facet


def _counts(
    filtered: SiteFilter, name: str, value: str, values: list[_Value]
) -> Sequence[int] | None:
    """How many sites each value would show beside all that other filters ask; None: all it has.

    Counts among many sites are remembered until something is written: a few broad filters lead
    to most of the pages that are asked for.
    """
    # Of what a site `has`, one value narrows the other: they are counted among what is left.
    beside = None if name == "has" else name
    hits = filtered.hits if beside is None else filtered.without(name)
    if len(hits) == len(filtered.index.sites):
        return None
    if len(hits) <= _MANY:
        return _counted(filtered, hits, values)
    kept = filtered.index.memory.setdefault("counts", Recent(_KEPT))
    key = (filtered.fingerprint(beside), value)
    return kept.recall(key, lambda: array("I", _counted(filtered, hits, values)))


def _counted(filtered: SiteFilter, hits: BitMap, values: list[_Value]) -> list[int]:
    """How many hits have each value.

    Bitmaps that hold some of all ids, neither few nor most, are the slowest to intersect, and what
    they leave out is among the quickest: of many hits it is counted how much of each value is
    there.
    """
    if len(hits) > _FEW:
        misses = filtered.misses if hits is filtered.hits else filtered.index.sites - hits
        missed = misses.intersection_cardinality
        return [each.total - missed(each.sites) for each in values]
    counts, place = [0] * len(values), 0
    while place < len(values):  # where a term has no site, nothing narrower has one
        each = values[place]
        counts[place] = hits.intersection_cardinality(each.sites)
        place = place + 1 if counts[place] else each.after
    return counts
