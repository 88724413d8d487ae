"""Python's search for circular garbage, during plans and imports.

It would repeatedly look at all objects of a batch, of which none is garbage before the end of the
batch. This takes a tenth of the time of an import.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


@contextmanager
def garbage_by_batch() -> Iterator[Callable[[], object]]:
    """Switch the search off in the block. The function that it gives is to be called after each
    batch, and looks only at objects of that batch."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield partial(gc.collect, 0)
    finally:
        if was_enabled:
            gc.enable()
