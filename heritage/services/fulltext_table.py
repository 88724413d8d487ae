"""The table of the full text: its SQL, and the migration operation that creates it.

No model is imported, so that migrations can use it. To change the table, write a migration that
drops and creates it, and run `reindex` afterwards.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_TOO_LONG = 2_100  # bytes, for PostgreSQL
TABLE, NEW_TABLE = "heritage_words", "heritage_words_anew"

CREATE = {
    # Beginnings have lists of their own, as whole words have: they are found ten times as fast,
    # for half as much room again.
    "sqlite": [
        "CREATE VIRTUAL TABLE {table} USING fts5(words, content='', contentless_delete=1,"
        " detail=none, prefix='1 2 3 4 5 6 7 8 9 10', tokenize=\"ascii tokenchars '.~^=@+-'\")",
        # A part of the index is written anew once half of its sites have newer words, not a tenth:
        # many sites are changed in half the time, and found as fast.
        "INSERT INTO {table} ({table}, rank) VALUES ('deletemerge', 50)",
    ],
    # An index leads to rows, and each row that it finds is looked at. So that a million of them lie
    # close together, their words lie elsewhere: PostgreSQL moves them out of rows that it thinks
    # too long, which the filler makes sure of. Pressed, that takes 35 bytes.
    "postgresql": [
        "CREATE TABLE {table} (site_id bigint NOT NULL, words tsvector NOT NULL,"
        f" filler text NOT NULL DEFAULT repeat(' ', {_TOO_LONG})) WITH (toast_tuple_target = 128)",
        "ALTER TABLE {table} ALTER COLUMN words SET STORAGE EXTERNAL",
    ],
}
# Before many sites are entered. FTS5 gathers words in memory and writes them when there are so many
# bytes: with more at once less has to be merged, which takes half of the time. To leave
# eight parts of a size until they become one, not four, saves another tenth in a large table.
BEFORE_MANY = {
    "sqlite": [
        "INSERT INTO {table} ({table}, rank) VALUES ('hashsize', 67108864)",
        "INSERT INTO {table} ({table}, rank) VALUES ('automerge', 8)",
    ],
    "postgresql": [],
}
# As it is by default: a transaction that writes a few sites needs no more.
AFTER_MANY = {
    "sqlite": [
        "INSERT INTO {table} ({table}, rank) VALUES ('hashsize', 1048576)",
        "INSERT INTO {table} ({table}, rank) VALUES ('automerge', 4)",
    ],
    "postgresql": [],
}
# Made when the words are there, where there are any: that takes a fraction of the time.
INDEX = {
    "sqlite": AFTER_MANY["sqlite"],
    # Without a list of rows yet to be entered: a search would read through it.
    "postgresql": [
        "ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (site_id)",
        "CREATE INDEX {table}_gin ON {table} USING gin (words) WITH (fastupdate = off)",
    ],
}
FUNCTION = {
    "sqlite": [],
    # To read through the rows looks cheap, and is not: their words would have to be fetched.
    "postgresql": [
        # Volatile, as functions are, so that one that waits for a table which is made anew finds
        # what is in the new one.
        "CREATE OR REPLACE FUNCTION heritage_holding(asked text) RETURNS bytea LANGUAGE sql"
        " SET enable_seqscan = off SET jit = off AS"
        " $$ SELECT string_agg(int4send(site_id::int), '') FROM heritage_words"
        " WHERE words @@ asked::tsquery $$"
    ],
}
DROP = {
    "sqlite": ["DROP TABLE heritage_words"],
    "postgresql": [
        "DROP TABLE heritage_words",
        "DROP FUNCTION IF EXISTS heritage_holding",
    ],
}
REPLACE = {
    "sqlite": ["DROP TABLE heritage_words", "ALTER TABLE {table} RENAME TO heritage_words"],
    "postgresql": [
        "DROP TABLE heritage_words",
        "ALTER TABLE {table} RENAME TO heritage_words",
        "ALTER INDEX {table}_pkey RENAME TO heritage_words_pkey",
        "ALTER INDEX {table}_gin RENAME TO heritage_words_gin",
    ],
}
# What follows in the same transaction is as patient again as it was.
LOCK = [
    "SET LOCAL lock_timeout = '500ms'",
    "LOCK TABLE {table}",
    "SET LOCAL lock_timeout TO DEFAULT",
]


def execute(connection: BaseDatabaseWrapper, statements: list[str], table: str = TABLE) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=table))


class CreateFullTextTable(Operation):
    """Creates the empty table of the full text and its index; the state of the models does not
    change."""

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        connection = schema_editor.connection
        for statements in (CREATE, INDEX, FUNCTION):
            execute(connection, statements[connection.vendor])

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        execute(schema_editor.connection, DROP[schema_editor.connection.vendor])

    def describe(self) -> str:
        return "Create the table of the full text"
