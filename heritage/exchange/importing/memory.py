"""Python's search for circular garbage, during plans and imports.

It looks again and again at all that a batch holds, of which nothing is garbage before the batch is
over: a tenth of what an import computes.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def garbage_by_batch() -> Iterator[Callable[[], object]]:
    """Leave garbage until the function that it gives is called, after each batch; what was there
    before is not looked at."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield gc.collect
    finally:
        gc.enable()
        gc.unfreeze()
