"""How far a long piece of work has come, as it reports between two steps."""

from typing import NamedTuple

from heritage.values.language import LazyText


class Progress(NamedTuple):
    """`done` of `total` things; `total` is None if it is not known. `sentence` says what is being
    done."""

    done: int
    total: int | None = None
    sentence: str | LazyText = ""
