"""What somebody who has begun to type may mean: eras, kinds and places, and sites by name."""

from bisect import bisect_left
from dataclasses import dataclass

from heritage.models import Site
from heritage.models.vocabularies import Term
from heritage.search import text_search, vocabulary
from heritage.search.facets.registry import TREES
from heritage.search.index import orders
from heritage.search.index.snapshot import State
from heritage.search.lru_cache import Recent
from heritage.search.vocabulary import TermTree
from heritage.values import normalize, tokens
from heritage.values.tokens import Asked

MOST_SITES, MOST_TERMS = 6, 3  # of each vocabulary
_FAR_FETCHED = 5  # of the tiers that `words.closer` makes
_KEPT = 2_000  # texts whose sites are remembered


@dataclass(frozen=True, slots=True)
class Suggested:
    """Terms that have sites, the closest and fullest first, and sites by how close they are."""

    terms: dict[str, list[tuple[Term, int]]]  # by facet, with how many sites
    sites: list[Site]


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A search, or a part of it, taken for a term: `rest` is what is left to search for."""

    facet: str
    term: Term
    rest: str


def named_terms(index: State, text: str) -> list[NamedTerm]:
    """The eras, places and kinds whose very name is the text, its beginning or its end.

    A name in any form, so that initials will do; the longest first, then the fullest.
    """
    typed = normalize.tokens(text)[: tokens.MOST_ASKED]
    parts = [(typed, [])]
    for at in range(len(typed) - 1, 0, -1):
        parts += [(typed[:at], typed[at:]), (typed[at:], typed[:at])]
    found: dict[tuple[str, int], NamedTerm] = {}
    for named, rest in parts:
        called = [
            (-len(index.having(f"{facet}:{term.pk}")), facet, term)
            for facet, finder in _finders(index).items()
            for term in finder.called("".join(named))
        ]
        for less, facet, term in sorted(called, key=lambda each: each[0]):
            if less:
                found.setdefault((facet, term.pk), NamedTerm(facet, term, " ".join(rest)))
    return list(found.values())


def suggestions(index: State, text: str, language: str) -> Suggested:
    """For a text as it is typed. Nothing for one without a letter or digit."""
    found = {
        facet: _fullest(index, facet, finder.find(text))
        for facet, finder in _finders(index).items()
    }
    terms = {facet: fullest for facet, fullest in found.items() if fullest}
    return Suggested(terms, _sites(index, text, language))


def _finders(index: State) -> "dict[str, Finder]":
    terms = vocabulary.of(index)
    if "finders" not in terms.memory:
        terms.memory["finders"] = {name: Finder(facet.tree(terms)) for name, facet in TREES.items()}
    return terms.memory["finders"]


def _fullest(index: State, facet: str, found: list[tuple[int, Term]]) -> list[tuple[Term, int]]:
    counted = [
        (tier, -len(index.having(f"{facet}:{term.pk}")), term.slug, term) for tier, term in found
    ]
    return [(term, -less) for _tier, less, _slug, term in sorted(counted)[:MOST_TERMS] if less]


def _sites(index: State, text: str, language: str) -> list[Site]:
    # Everybody begins with one of a few letters, and those have the most to be looked through.
    kept = index.memory.setdefault("suggested", Recent(_KEPT))
    key = (*normalize.tokens(text), language)
    ids = kept.recall(key, lambda: _closest(index, text, language))
    terms = vocabulary.of(index)
    found = Site.objects.published().only("slug", "name", "place_id").in_bulk(ids)
    for site in found.values():
        site.place = terms.places.terms.get(site.place_id)
    return [found[pk] for pk in ids if pk in found]


def _closest(index: State, text: str, language: str) -> list[int]:
    best_known = index.orders[orders.PROMINENCE]
    ids: list[int] = []
    for closeness, tier in enumerate(text_search.named(index, index.sites, text), start=1):
        ids += best_known.slice(tier, 0, MOST_SITES - len(ids))
        # The next tier is looked up when it is asked for: a syllable somewhere in the pinyin of a
        # name only if there is nothing else.
        if len(ids) == MOST_SITES or (ids and closeness == _FAR_FETCHED):
            break
    return ids


class Finder:
    """The terms of a vocabulary by the words of their labels, in whatever language."""

    def __init__(self, tree: TermTree):
        pairs = [
            (word, pk)
            for pk, term in tree.terms.items()
            for word in tokens.held_by(term.search_text)
        ]
        self.tree, self.pairs = tree, sorted(pairs)

    def find(self, text: str) -> list[tuple[int, Term]]:
        """The terms that hold all the words, each with its closeness: 0 is the very name."""
        closest: dict[int, int] = {}
        for tier, alternatives in enumerate(tokens.closer(text)):
            for asked in alternatives:
                for pk in set.intersection(*(self._holding(word) for word in asked)):
                    closest.setdefault(pk, tier)
        return [(tier, self.tree.terms[pk]) for pk, tier in closest.items()]

    def called(self, name: str) -> list[Term]:
        """The terms of just that name, which is folded and in one piece; a letter is none."""
        if not name or (len(name) == 1 and not tokens.is_han(name)):
            return []
        asked = Asked(tokens.NAME + name[: tokens.LONGEST], begins=False)
        return [self.tree.terms[pk] for pk in sorted(self._holding(asked))]

    def _holding(self, word: Asked) -> set[int]:
        found = set()
        for at in range(bisect_left(self.pairs, (word.text, 0)), len(self.pairs)):
            held, pk = self.pairs[at]
            if held == word.text or (word.begins and held.startswith(word.text)):
                found.add(pk)
            elif not held.startswith(word.text):
                break
        return found
