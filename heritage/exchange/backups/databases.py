"""Copies a database to a file, as of one moment, and restores it; for PostgreSQL by its own
programs."""

import errno
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol
from urllib.parse import quote, urlsplit

import psycopg
from django.apps import apps
from django.db import connection
from django.db.models import FileField
from psycopg import sql

from heritage.exchange.backups.archive import (
    MEDIA,
    ORIGINALS,
    BackupError,
    Manifest,
    compress,
    decompress,
)
from heritage.models import OriginalField, new_uid

# What lets somebody in, or ends by itself: whoever gets hold of a backup must find no session; and
# what is made again from the pictures.
LEFT_OUT = (
    "account_emailconfirmation",
    "django_session",
    "heritage_loginattempt",
    "heritage_openform",
    "heritage_rendition",
    "usersessions_usersession",
)
_WHAT_COUNTS = ("heritage_site", "heritage_change", "heritage_user")  # a catalogue that has these
_WAIT = 60  # seconds for other writers
_BLOCK = 1 << 20

type Execute = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database held when it was copied."""

    version: str
    bytes: int
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    files: list[str]  # of pictures that rows name, as members of an archive


class Database(Protocol):
    kind: str
    member: str  # its name in an archive

    def dump(self, folder: Path) -> tuple[Path, Facts]:
        """Copy it to a file in the folder, as of one moment."""

    def is_filled(self) -> bool:
        """Whether the database contains a catalogue."""

    def unpack(self, file: Path, manifest: Manifest) -> Path:
        """Prepare a file of an archive for `load`; raises BackupError if it is not sound."""

    def load(self, file: Path, manifest: Manifest) -> None:
        """Replace all content of the database, or nothing."""

    def move_aside(self, folder: Path) -> bool:
        """Move its files, which cannot be read, into the folder; returns False if that is not
        possible."""

    def environment(self) -> dict[str, str]:
        """The variables by which commands find it."""


def current() -> Database:
    """The database of this installation."""
    if connection.vendor == "sqlite":
        return SQLite(Path(connection.settings_dict["NAME"]))
    return PostgreSQL(connection.get_connection_params())


@contextmanager
def temporary(folder: Path) -> Iterator[Database]:
    """A new, empty database of the same kind: a file in the folder, or one on the same server."""
    if connection.vendor == "sqlite":
        yield SQLite(folder / "heritage.sqlite3")
        return
    params = connection.get_connection_params()
    name = f"heritage_check_{new_uid()[:12].lower()}"
    with psycopg.connect(_conninfo(params), autocommit=True) as server:
        try:
            server.execute(_create_like_the_present(server, name))
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(
                "To try a backup, the account of the catalogue must be allowed to make databases: "
                f"ALTER ROLE {server.info.user} CREATEDB."
            ) from error
        try:
            yield PostgreSQL(params | {"dbname": name})
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _create_like_the_present(server: psycopg.Connection, name: str) -> sql.Composed:
    found = server.execute(
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchone()
    assert found is not None  # noqa: S101 - we are in it
    return sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    ).format(sql.Identifier(name), *map(sql.Literal, found))


_COLUMNS_OF_SQLITE = """
    SELECT tables.name, columns.name FROM sqlite_master AS tables
    JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'
"""
_COLUMNS_OF_POSTGRESQL = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema()
"""


def _facts(execute: Execute, columns: str, version: str, size: int) -> Facts:
    """Read the facts of a database, which may be of an earlier release; `columns` is the query for
    the table and name of each column."""
    there = {(table, column) for table, column in execute(columns)}
    migrations: dict[str, list[str]] = {}
    for app, name in execute("SELECT app, name FROM django_migrations ORDER BY app, name"):
        migrations.setdefault(app, []).append(name)
    rows = _rows(execute, {table for table, _column in there})
    return Facts(version, size, migrations, rows, sorted(_files(execute, there)))


def _rows(execute: Execute, tables: set[str]) -> dict[str, int]:
    """The rows of each table of a model that is in a backup."""
    models = apps.get_models(include_auto_created=True)
    names = sorted({model._meta.db_table for model in models} & tables - set(LEFT_OUT))
    return {name: execute(f'SELECT COUNT(*) FROM "{name}"')[0][0] for name in names}  # noqa: S608 - our names


def _files(execute: Execute, columns: set[tuple[str, str]]) -> set[str]:
    """The files that rows name, as members of an archive."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            table, column = model._meta.db_table, field.column
            if isinstance(field, FileField) and (table, column) in columns:
                query = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" <> \'\''  # noqa: S608 - our names
                folder = ORIGINALS if isinstance(field, OriginalField) else MEDIA
                found.update(f"{folder}/{name}" for (name,) in execute(query))
    return found


# --- SQLite ----------------------------------------------------------------------------------


class SQLite:
    kind, member = "sqlite", "database.sqlite3.gz"

    def __init__(self, path: Path):
        self.path = path

    def dump(self, folder: Path) -> tuple[Path, Facts]:
        copy, packed = folder / "copy.sqlite3", folder / self.member
        if not self.path.exists():
            raise BackupError(f"There is no database {self.path}.")
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as database:
                database.execute("VACUUM INTO ?", [str(copy)])
            with closing(sqlite3.connect(copy)) as database:
                database.execute("PRAGMA secure_delete = ON")  # overwritten, not only forgotten
                tables = _tables(database)
                for table in tables & set(LEFT_OUT):
                    database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our names
                database.commit()

                def execute(query: str) -> list[tuple[Any, ...]]:
                    return database.execute(query).fetchall()

                facts = _facts(
                    execute, _COLUMNS_OF_SQLITE, sqlite3.sqlite_version, copy.stat().st_size
                )
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            is_damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
            refusal = Unreadable if is_damaged else BackupError
            raise refusal(f"The database {self.path} cannot be copied: {error}") from error
        compress(copy, packed)
        copy.unlink()
        return packed, facts

    def is_filled(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as database:
                tables = _tables(database)
                return any(
                    database.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()  # noqa: S608 - our names
                    for name in _WHAT_COUNTS
                    if name in tables
                )
        except sqlite3.DatabaseError:
            return True  # who knows

    def unpack(self, file: Path, manifest: Manifest) -> Path:
        copy = file.with_name("restored.sqlite3")
        decompress(file, copy, manifest.database_bytes)
        file.unlink()
        try:
            with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
                database.execute("PRAGMA trusted_schema = OFF")
                code = "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')"
                if found := database.execute(code).fetchone():
                    raise BackupError(f"The database in the backup has code of its own: {found[0]}")
                if (result := database.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                    raise BackupError(f"The database in the backup is damaged: {result}")
                _compare(lambda query: database.execute(query).fetchall(), manifest)
        except sqlite3.DatabaseError as error:
            raise BackupError(f"The database in the backup cannot be read: {error}") from error
        return copy

    def load(self, file: Path, manifest: Manifest) -> None:
        if not self.path.exists():
            with closing(sqlite3.connect(file)) as database:
                database.execute("PRAGMA journal_mode = WAL")
            place(file, self.path)
            return
        # One transaction of the database that is there: what runs sees all of it or nothing.
        ends = time.monotonic() + _WAIT

        def give_up(*_state: object) -> None:
            if time.monotonic() > ends:
                raise BackupError("Others keep writing. Stop the workers, and begin again.")

        try:
            with (
                closing(sqlite3.connect(file)) as source,
                closing(sqlite3.connect(self.path, timeout=0)) as target,
            ):
                source.backup(target, pages=-1, progress=give_up)
                with suppress(sqlite3.OperationalError):  # others read: it is done later
                    target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{self.path} cannot be written: {error}") from error

    def move_aside(self, folder: Path) -> bool:
        for suffix in ("-wal", "-shm", ""):
            path = Path(f"{self.path}{suffix}")
            if path.exists():
                place(path, folder / path.name)
        return True

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": f"sqlite:///{self.path}"}


class Unreadable(BackupError):
    """The existing database is damaged."""


def _tables(database: sqlite3.Connection) -> set[str]:
    return {
        name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }


def _compare(execute: Execute, manifest: Manifest) -> None:
    """Raise BackupError if the tables do not have as many rows as the manifest says."""
    for name, count in manifest.rows.items():
        if not re.fullmatch(r"\w+", name):
            raise BackupError(f"The manifest names a table that cannot be: {name!r}.")
        if (found := execute(f'SELECT COUNT(*) FROM "{name}"')[0][0]) != count:  # noqa: S608 - a plain word
            raise BackupError(f"{name} has {found} rows in the backup, and should have {count}.")


def place(source: Path, target: Path) -> None:
    """Move a file to its place atomically, even from another disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError:
        near = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, near)
        near.replace(target)
        source.unlink()


# --- PostgreSQL ------------------------------------------------------------------------------


class PostgreSQL:
    kind, member = "postgresql", "database.dump"

    def __init__(self, params: dict[str, Any]):
        self.conninfo = _conninfo(params)
        self.password = str(params.get("password") or "")
        self.name = str(params.get("dbname") or "")

    def dump(self, folder: Path) -> tuple[Path, Facts]:
        target = folder / self.member
        with psycopg.connect(self.conninfo) as database:
            database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            [[snapshot]] = database.execute("SELECT pg_export_snapshot()").fetchall()
            program, version = _program("pg_dump", database.info.server_version // 10_000)
            self._run(
                [
                    program, "--format=custom", "--no-owner", "--no-privileges",
                    f"--snapshot={snapshot}", f"--file={target}",
                    *(f"--exclude-table-data={table}" for table in LEFT_OUT),
                ]
            )  # fmt: skip

            def execute(query: str) -> list[tuple[Any, ...]]:
                return database.execute(query.encode()).fetchall()

            size = execute("SELECT pg_database_size(current_database())")[0][0]
            return target, _facts(execute, _COLUMNS_OF_POSTGRESQL, version, size)

    def is_filled(self) -> bool:
        with psycopg.connect(self.conninfo) as database:
            tables = _tables_of(database)
            return any(
                database.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name)))
                .fetchone()
                for name in _WHAT_COUNTS
                if name in tables
            )  # fmt: skip

    def unpack(self, file: Path, manifest: Manifest) -> Path:
        program, _version = _program("pg_restore", _major(manifest.database_version))
        self._run([program, "--list", str(file)], is_local=True)
        return file

    def load(self, file: Path, manifest: Manifest) -> None:
        """One transaction: a script of SQL that ends with COMMIT once all of it was written."""
        least = _major(manifest.database_version)
        restore, _version = _program("pg_restore", least)
        psql, _version = _program("psql", least)
        with psycopg.connect(self.conninfo) as database:
            drops = [
                sql.SQL("DROP TABLE IF EXISTS {} CASCADE;\n").format(sql.Identifier(name))
                for name in sorted(_tables_of(database))
            ]
            head = "BEGIN;\nSET LOCAL client_min_messages = warning;\n" + sql.Composed(
                drops
            ).as_string(database)
        writing = [
            restore, "--file=-", "--clean", "--if-exists", "--no-owner", "--no-privileges",
            "--no-comments", str(file),
        ]  # fmt: skip
        with (
            TemporaryFile() as errors,
            subprocess.Popen(writing, stdout=subprocess.PIPE, stderr=errors) as script,  # noqa: S603 - PostgreSQL's own program
        ):

            def write(stdin: IO[bytes]) -> None:
                """The last line commits; it is only written if everything before it was."""
                assert script.stdout is not None  # noqa: S101 - a pipe
                stdin.write(head.encode())
                while block := script.stdout.read(_BLOCK):
                    stdin.write(block)
                if script.wait():
                    raise BackupError(f"pg_restore failed: {_first_line(errors)}")
                stdin.write(b"COMMIT;\n")

            try:
                command = [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
                self._run(command, write)
            finally:
                script.kill()
        with psycopg.connect(self.conninfo) as database:
            _compare(lambda query: database.execute(query.encode()).fetchall(), manifest)

    def move_aside(self, folder: Path) -> bool:
        return False

    def environment(self) -> dict[str, str]:
        given = os.environ.get("DATABASE_URL") or ""
        parts = urlsplit(given)
        if not parts.scheme.startswith("postgres"):
            raise BackupError("DATABASE_URL does not name the PostgreSQL server of the catalogue.")
        return {"DATABASE_URL": parts._replace(path=f"/{quote(self.name)}").geturl()}

    def _run(
        self,
        command: list[str],
        write: Callable[[IO[bytes]], None] | None = None,
        is_local: bool = False,
    ) -> None:
        """Run a program of PostgreSQL on the database; the password is in no argument."""
        if not is_local:
            given = psycopg.conninfo.conninfo_to_dict(self.conninfo)
            plain = {name: str(value) for name, value in given.items() if name != "password"}
            command = [*command, f"--dbname={psycopg.conninfo.make_conninfo(**plain)}"]
        with (
            TemporaryFile() as errors,
            subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=os.environ | {"PGPASSWORD": self.password},
            ) as running,
        ):
            assert running.stdin is not None  # noqa: S101 - a pipe
            try:
                with suppress(BrokenPipeError), running.stdin as stdin:
                    if write is not None:
                        write(stdin)
            except BaseException:
                running.kill()
                raise
            if running.wait():
                raise BackupError(f"{Path(command[0]).name} failed: {_first_line(errors)}")


def _first_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    return next(iter(errors.read().decode(errors="replace").splitlines()), "no reason")


def _conninfo(params: dict[str, Any]) -> str:
    """Django's parameters as a connection string for libpq."""
    known = {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults()}
    found = {name: value for name, value in params.items() if name in known and value is not None}
    return psycopg.conninfo.make_conninfo(**found)


def _tables_of(database: psycopg.Connection) -> set[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return {name for (name,) in database.execute(query)}


def _major(version: str) -> int:
    found = re.match(r"\d+", version)
    if not found:
        raise BackupError(f"The backup names no version of pg_dump: {version!r}.")
    return int(found[0])


def _program(name: str, least: int) -> tuple[str, str]:
    """The oldest installed program that is at least of version `least` of PostgreSQL, with its
    version.

    An older pg_dump refuses the server; a newer one writes what an older server may not understand.
    """
    folders = [*os.environ.get("PATH", "").split(os.pathsep)]
    folders += map(str, Path("/usr/lib/postgresql").glob("*/bin"))
    found: dict[int, tuple[str, str]] = {}
    for folder in filter(None, folders):
        path = Path(folder) / name
        if os.access(path, os.X_OK):
            done = subprocess.run(  # noqa: S603 - asks it for its version
                [path, "--version"], capture_output=True, text=True, check=False
            )
            if match := re.search(r"(\d+)\.?\d*", done.stdout):
                found.setdefault(int(match[1]), (str(path), match[0]))
    fit = sorted(version for version in found if version >= least)
    if not fit:
        raise BackupError(
            f"{name} of PostgreSQL {least} or newer is not installed. On Debian and Ubuntu: "
            f"apt-get install postgresql-client-{least}"
        )
    return found[fit[0]]
