"""The index in memory: never changed once made, so that many threads may read it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from pyroaring import BitMap

NOTHING = BitMap()


@dataclass(frozen=True, slots=True)
class Order:
    """Ids of all sites in one order (int32), and each id's place in it."""

    ids: np.ndarray
    _places: list = field(default_factory=list, compare=False)

    @property
    def places(self) -> np.ndarray:
        """By id, its place in the order; made when first asked for."""
        if not self._places:
            size = int(self.ids.max(initial=0)) + 1
            places = np.zeros(size, dtype=np.int32)
            places[self.ids] = np.arange(len(self.ids), dtype=np.int32)
            self._places.append(places)
        return self._places[0]

    def slice(self, hits: BitMap, start: int, stop: int) -> list[int]:
        """The ids of `hits` at places `start` to `stop` among them, in this order."""
        if len(hits) == len(self.ids):
            return self.ids[start:stop].tolist()
        places = self.places[_array(hits)]
        stop = min(stop, len(places))
        if start >= stop:
            return []
        # Only what is asked for is sorted; the rest is put on its side of it.
        places.partition((start, stop - 1))
        return self.ids[np.sort(places[start:stop])].tolist()

    def without(self, gone: BitMap) -> "Order":
        kept = ~np.isin(self.ids, _array(gone))
        return Order(self.ids[kept])

    def inserted(self, site_id: int, before: int | None) -> "Order":
        """With one more site, before another one or last."""
        place = len(self.ids) if before is None else int(np.flatnonzero(self.ids == before)[0])
        return Order(np.insert(self.ids, place, site_id))


@dataclass(frozen=True, slots=True)
class State:
    """All bitmaps and orders as of one entry of the journal: its number and its token."""

    number: int
    token: str
    sites: BitMap
    values: dict[str, BitMap]
    orders: dict[str, Order]

    def having(self, value: str) -> BitMap:
        return self.values.get(value, NOTHING)

    def any_of(self, values: Iterable[str]) -> BitMap:
        return BitMap.union(NOTHING, *(self.having(value) for value in values))


def _array(bitmap: BitMap) -> np.ndarray:
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


def build(number: int, token: str, facts, order_ids: dict[str, Iterable[int]]) -> State:
    """A state from the facts of all sites and their ids in each order."""
    return State(
        number,
        token,
        BitMap(facts.sites),
        {name: BitMap(ids) for name, ids in facts.values.items()},
        {name: Order(np.fromiter(ids, dtype=np.int32)) for name, ids in order_ids.items()},
    )


def patched(
    state: State,
    number: int,
    token: str,
    changed: BitMap,
    facts,
    order_of: Callable[[str, Order], Order],
) -> State:
    """A state in which the changed sites have the values that `facts` says, and no other."""
    values = {
        name: bitmap - changed if bitmap.intersect(changed) else bitmap
        for name, bitmap in state.values.items()
    }
    for name, ids in facts.values.items():
        values[name] = values.get(name, NOTHING) | BitMap(ids)
    return State(
        number,
        token,
        (state.sites - changed) | BitMap(facts.sites),
        {name: bitmap for name, bitmap in values.items() if bitmap},
        {name: order_of(name, order) for name, order in state.orders.items()},
    )
