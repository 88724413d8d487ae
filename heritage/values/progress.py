"""How far a long piece of work is, as it tells itself between two steps."""

from typing import NamedTuple

from heritage.values.language import LazyText


class Progress(NamedTuple):
    """So many of so many; `total` is None where it is not known, `sentence` what is being done."""

    done: int
    total: int | None = None
    sentence: str | LazyText = ""
