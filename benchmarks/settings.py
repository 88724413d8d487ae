"""The catalogue's own settings, and beside its pages those that it is compared with."""

import os
from pathlib import Path

from heritage.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
_pages = TEMPLATES[0]  # noqa: F405
TEMPLATES = [{**_pages, "DIRS": [*_pages["DIRS"], Path(__file__).parent / "templates"]}]
# One folder of collected files serves the databases of all sizes.
STATIC_ROOT = Path(os.environ.get("BENCH_STATIC", STATIC_ROOT))  # noqa: F405
