"""Statistics for the planner, also while a neighbour counts what databases of a server share."""

import pytest
from django.db import connection, transaction

from heritage.services.planner_statistics import update_planner_statistics
from tests import builders as build

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_are_counted():
    build.make_site("Longmen Grottoes")
    update_planner_statistics()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'heritage_site'")
            assert cursor.fetchone() == (1,)
        else:
            cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
            assert ("heritage_site",) in cursor.fetchall()


def test_a_neighbour_is_not_waited_for():
    """Another connection holds the table of all databases, as its own ANALYZE does."""
    if connection.vendor != "postgresql":
        update_planner_statistics()  # a file is nobody else's
        return
    other = connection.copy()
    try:
        with transaction.atomic():
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("LOCK TABLE pg_catalog.pg_shdepend IN SHARE UPDATE EXCLUSIVE MODE")
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '5s'")
            update_planner_statistics()
    finally:
        other.close()
