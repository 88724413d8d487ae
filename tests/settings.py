"""The settings that run everywhere, with the few variables that a test run needs."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault(
    "HERITAGE_SECRET_KEY", "only-for-tests-and-of-no-worth-anywhere-else-0123456789"
)
os.environ.setdefault("HERITAGE_DATA", tempfile.mkdtemp(prefix="heritage-tests-"))
os.environ.setdefault("HERITAGE_HTTPS", "0")

# Where no compiled modules may be written beside the sources, they are in a folder of this run.
# Else each process that a test starts would compile Django anew, which takes longer than all else.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", "") and "PYTHONPYCACHEPREFIX" not in os.environ:
    os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="heritage-bytecode-")
    atexit.register(shutil.rmtree, os.environ["PYTHONPYCACHEPREFIX"], ignore_errors=True)

from heritage.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in life: in memory, threads lock each other out where they would not otherwise.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405

# Plain names: hashed ones would ask for a collected folder before every run.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405

# Of each process its own: they have accounts of the same numbers, whose attempts are counted.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
CACHES["default"]["LOCATION"] = str(DATA_DIR / "cache" / _WORKER)  # noqa: F405

# Quick, and of no worth: a fifth of a second for each password would be most of a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests that are about them turn them on: others look at what a page is made of.
INDEX_SNAPSHOT_EVERY = 0
REFRESHED_AT_ONCE = 0
PAGES_KEPT = 0
