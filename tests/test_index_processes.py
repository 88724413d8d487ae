"""Two processes that write at once: the index of each is exact whenever both pause."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from heritage.catalogue.index import store
from heritage.models import IndexChange
from tests.exact import assert_as_rebuilt
from tests.randomly import Catalogue
from tests.second_process import WRITES
from tests.writing import write_if_possible

ROUNDS = 6


@pytest.mark.django_db(transaction=True)
def test_exact_while_two_processes_write():
    catalogue = Catalogue(random.Random(1))
    catalogue.populate(300)
    command = [sys.executable, "-m", "tests.second_process", connection.settings_dict["NAME"], "2"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        for _round in range(ROUNDS):
            before = IndexChange.objects.count()
            tell(other, "write")
            for _write in range(WRITES):
                write_if_possible(catalogue)
                state = store.current()
                assert set(state.orders["oldest"].ids.tolist()) == set(state.sites)
            assert other.stdout.readline() == "done\n"
            assert IndexChange.objects.count() > before
            tell(other, "check")
            assert_as_rebuilt(store.current())
            assert other.stdout.readline() == "done\n"
        other.stdin.close()
        assert other.wait(timeout=20) == 0


def tell(other: subprocess.Popen, word: str) -> None:
    other.stdin.write(f"{word}\n")
    other.stdin.flush()
