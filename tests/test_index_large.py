"""Five thousand records, written to and asked at random: the index never differs from the rows."""

import random

import pytest
from django.db import connection, transaction

from heritage.models.unit_of_work import change_set
from heritage.search import store
from tests.index_comparison import assert_as_rebuilt
from tests.random_catalogue import Catalogue
from tests.random_queries import assert_answered, question
from tests.random_writes import rounds, write

SITES = 5_000  # published ones more than are read at once, or than a bitmap stores as a list
ROUNDS = rounds(30)


@pytest.mark.django_db(transaction=True)
def test_exact_after_thousands_of_writes_and_filters():
    dice = random.Random(68)
    catalogue = Catalogue(dice)
    catalogue.populate(SITES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what is known of the tables is of another test
    assert_as_rebuilt(store.current())
    for number in range(ROUNDS):
        _write_some(catalogue)
        for _question in range(3):
            assert_answered(question(catalogue))
        if number % 15 == 0:
            assert_as_rebuilt(store.current())
        if number == ROUNDS // 2:
            store.save_snapshot()
            store._shared.clear()  # as in a process that starts
    assert_as_rebuilt(store.current())


def _write_some(catalogue: Catalogue) -> None:
    """One to six writes: each for itself, all in one batch, or in vain."""
    dice = catalogue.dice
    number = dice.randint(1, 6)
    match dice.choice(["single", "batch", "rolled back"]):
        case "single":
            for _write in range(number // 2 + 1):
                write(catalogue)
        case "batch":
            with change_set():
                for _write in range(number):
                    write(catalogue)
        case "rolled back":
            with pytest.raises(_InVain), transaction.atomic():
                for _write in range(number):
                    write(catalogue)
                assert_answered(question(catalogue))  # seen within its transaction
                raise _InVain


class _InVain(Exception):
    pass
