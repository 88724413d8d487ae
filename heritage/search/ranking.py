"""Ranks the hits of a search in words: by what sites mainly are, and by superlatives.

A site is mainly of a kind if its name says so (White Horse Temple), or if it has no other kind
beside the narrower and broader ones. It is mainly of an era if it began then, stands from then, or
dates from then. Both follow from the name, kinds and events of its record. The oldest are those
that began first, the largest those with the largest area. No column has the height: for “highest”,
records with this word come first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from pyroaring import BitMap

from heritage.models import Coverage, Era, Event, Kind, Site
from heritage.search import text_search
from heritage.search.index import columns, orders
from heritage.search.index.snapshot import IndexSnapshot, Order, TermTree
from heritage.search.query_language.dictionary import Superlative
from heritage.search.text_search import InTiers, SiteOrder, TieredOrder
from heritage.server.caches import CacheKey
from heritage.values import normalize, tokens
from heritage.values.language import LanguageMap

_LOOKED_AT = 500  # of the best known sites of a list, those of which the names are looked at
_SHORT_NAME = 2  # Han characters of a kind the last of which may end the name of a site: 佛寺
_AREAS: CacheKey[tuple["_ByNumber", "_ByNumber"]] = CacheKey("sites by area")


@dataclass(frozen=True, slots=True)
class _ByNumber:
    """The ids of the sites with a known number, in the order of the number."""

    ids: tuple[int, ...] = ()
    places: dict[int, int] = field(default_factory=dict)

    @classmethod
    def in_order(cls, ids: Iterable[int]) -> "_ByNumber":
        found = tuple(ids)
        return cls(found, {pk: place for place, pk in enumerate(found)})

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        return sorted(hits, key=self.places.__getitem__)[start:stop]

    def place(self, hits: BitMap, site_id: int) -> int:
        return sum(self.places[pk] < self.places[site_id] for pk in hits)


@dataclass(frozen=True, slots=True)
class Measured(InTiers):
    """Sites in the order of a measure, those that mainly are what is asked for before others; sites
    without a known measure come last."""

    measured: _ByNumber | Order
    known: BitMap
    mainly: TieredOrder
    unknown: TieredOrder

    def ordered_tiers(self, hits: BitMap) -> Iterator[tuple[BitMap, SiteOrder]]:
        unknown = hits - self.known
        for tier in self.mainly.tiers(hits & self.known):
            yield tier, self.measured
        yield unknown, self.unknown


def by_superlative(
    index: IndexSnapshot,
    asked: Superlative,
    kinds: Sequence[Kind],
    eras: Sequence[Era],
    text: str = "",
) -> TieredOrder | Measured:
    """The order for a superlative. `text` is what is asked for beside kinds and eras: “park” in
    “the largest park”."""
    mainly = by_what_they_are(index, kinds, eras, text)
    tiers = partial(text_search.superlative_tiers, index, words=asked.words)
    in_words = TieredOrder(tiers, mainly.best_known)
    if asked.measure in ("oldest", "newest"):
        known = columns.bitmap(index.spans[Event.Role.BEGINNINGS].ids)
        by_year = _by_year(index, is_newest=asked.measure == "newest")
        return Measured(by_year, known, mainly, in_words)
    if asked.measure:
        largest, smallest = index.cache.get_or_set(_AREAS, _by_area)
        found = largest if asked.measure == "largest" else smallest
        return Measured(found, BitMap(found.ids) & index.sites, mainly, in_words)
    return in_words


def _by_year(index: IndexSnapshot, *, is_newest: bool) -> Order:
    oldest = index.orders[orders.OLDEST]
    return Order(oldest.ids[::-1].copy()) if is_newest else oldest


def _by_area() -> tuple[_ByNumber, _ByNumber]:
    """The sites that a World Heritage entry covers as a whole, by its area: largest, smallest."""
    covered = Coverage.objects.filter(
        extent=Coverage.Extent.WHOLE, designation__world_heritage__area_ha__isnull=False
    )
    rows = covered.order_by("-designation__world_heritage__area_ha", "site_id")
    found = list(dict.fromkeys(rows.values_list("site_id", flat=True)))
    return _ByNumber.in_order(found), _ByNumber.in_order(reversed(found))


def by_what_they_are(
    index: IndexSnapshot, kinds: Sequence[Kind], eras: Sequence[Era], text: str = ""
) -> TieredOrder:
    """Sites with the words in a name first, then those that are mainly of these kinds and eras;
    each group by prominence."""
    called = text_search.sites_with_words_in_names(index, text) if text else BitMap()
    tiers = partial(_mainly_first, index, kinds=tuple(kinds), eras=tuple(eras), called=called)
    return TieredOrder(tiers, index.best_known)


def _mainly_first(
    index: IndexSnapshot,
    hits: BitMap,
    *,
    kinds: tuple[Kind, ...],
    eras: tuple[Era, ...],
    called: BitMap,
) -> Iterator[BitMap]:
    main = hits
    if kinds:
        main = main & (_called_so(index, hits, kinds) | (hits - _of_other_kinds(index, kinds)))
    if eras:
        roles = (Event.Role.BEGINNINGS, Event.Role.STANDING, Event.Role.DATED)
        main = main & BitMap.union(*(index.having_any("era", eras, role) for role in roles))
    # Of a kind the names of parts say little: Prague has a bridge.
    first = called & (main if kinds else hits)
    yield first
    yield main - first
    yield hits - main - first


def _subtree[T: Kind](tree: TermTree[T], terms: Iterable[T]) -> list[T]:
    found = list(terms)
    for term in found:
        found += tree.children.get(term.pk, [])
    return found


def _of_other_kinds(index: IndexSnapshot, kinds: Sequence[Kind]) -> BitMap:
    tree = index.vocabulary.kinds
    related = {term.pk for term in _subtree(tree, kinds)}
    related |= {term.pk for kind in kinds for term in tree.broader(kind)}
    others = (term for pk, term in tree.terms.items() if pk not in related)
    return index.having_any("kind", others)


def _called_so(index: IndexSnapshot, hits: BitMap, kinds: Sequence[Kind]) -> BitMap:
    """Those of the best known hits whose displayed names contain the word for one of the kinds.

    In English the last word of a kind's name; in Chinese the name itself, or the last character of
    a short one that ends the site's.
    """
    words: set[str] = set()
    ends: set[str] = set()
    for term in _subtree(index.vocabulary.kinds, kinds):
        for name in term.names():
            parts = normalize.tokens(name)
            if parts and normalize.is_han(parts[-1]):
                words.add(parts[-1])
                ends.update(parts[-1][-1] if len(parts[-1]) <= _SHORT_NAME else ())
            elif parts:
                words |= {parts[-1], *tokens.other_numbers(parts[-1]), f"{parts[-1]}s"}
    ids = index.best_known.slice(hits, 0, _LOOKED_AT)
    rows = Site.objects.filter(pk__in=ids).values_list("pk", "name", "short_name")
    return BitMap(pk for pk, *names in rows if _is_called(names, words, ends))


def _is_called(names: Iterable[LanguageMap], words: set[str], ends: set[str]) -> bool:
    texts = (text for name in names for text in name.values())
    for part in (part for text in texts for part in normalize.tokens(text)):
        if part in words:
            return True
        if normalize.is_han(part) and (part[-1] in ends or any(word in part for word in words)):
            return True
    return False
