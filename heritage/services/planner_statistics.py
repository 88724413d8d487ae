"""The statistics of tables that the query planner of the database uses."""

from django.db import connection, transaction

from heritage.services.fulltext_table import TABLE


def update_planner_statistics() -> None:
    """Update the statistics after many rows were written (ANALYZE), as the planner would otherwise
    guess.

    PostgreSQL counts the tables of this catalogue only, for those that all databases of a server
    share may be locked by another one, and waits as long as another process counts them.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return
    tables = [*connection.introspection.django_table_names(only_existing=True), TABLE]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")
