"""Python's search for circular garbage, during plans and imports.

It looks again and again at all that a batch holds, of which nothing is garbage before the batch is
over: a tenth of what an import computes.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


@contextmanager
def garbage_by_batch() -> Iterator[Callable[[], object]]:
    """Leave garbage until the function that it gives is called, after each batch: it looks only at
    what the batch has made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield partial(gc.collect, 0)
    finally:
        if was_enabled:
            gc.enable()
