"""The statistics of tables that the query planner of the database uses."""

from django.db import connection, transaction

from heritage.services.fulltext_table import TABLE


def update_planner_statistics() -> None:
    """Update the statistics after many rows were written (ANALYZE), as the planner would otherwise
    guess.

    In PostgreSQL only of the tables of this catalogue: those that all databases of a server share
    may be locked by another one. It waits without limit while another process analyses them.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return
    tables = [*connection.introspection.django_table_names(only_existing=True), TABLE]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")
