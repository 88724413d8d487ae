"""Numbers that follow from a seed, the same on every machine."""

import hashlib
from collections.abc import Sequence

_MASK = (1 << 64) - 1


def number_of(*texts: str) -> int:
    """A number of 64 bits for texts."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8])


class Dice:
    """Numbers from a seed: the same ones on every machine and in every Python (SplitMix64)."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def unit(self) -> float:
        """The next number, from 0 up to but without 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def pick[T](self, choices: Sequence[T]) -> T:
        return choices[self.whole(0, len(choices) - 1)]
