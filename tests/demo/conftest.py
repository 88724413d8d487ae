"""The fixtures of the demo, loaded once for all tests of this folder."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.conftest import lasting_transaction

PATHS = sorted(path for folder in settings.FIXTURE_DIRS for path in Path(folder).glob("*.json"))


@pytest.fixture(scope="package")
def demo(django_db_setup, django_db_blocker):
    """Loaded as `manage.py loaddata fixtures/*.json` does, in the order of the alphabet: what the
    command says of it. Each test finds all rows unchanged."""
    out = io.StringIO()
    with lasting_transaction(django_db_blocker):
        with django_db_blocker.unblock():
            call_command("loaddata", *map(str, PATHS), stdout=out)
        yield out.getvalue()
