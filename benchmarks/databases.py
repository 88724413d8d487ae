"""The databases that are measured: one of each size, made where it is missing."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving import ROOT

POSTGRESQL = "postgres://postgres:x@127.0.0.1:5432"


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a size; `environment` is what the catalogue needs to find it."""

    vendor: str
    size: int
    data: Path
    url: str  # of PostgreSQL, else empty

    @property
    def environment(self) -> dict[str, str]:
        found = {
            "HERITAGE_DEMO": "1",
            "HERITAGE_DEBUG": "0",
            "HERITAGE_DATA": str(self.data / str(self.size)),
            "HERITAGE_LOG_LEVEL": "ERROR",
            "BENCH_STATIC": str(self.data / "static"),
            "DATABASE_URL": self.url,
        }
        return found if self.url else {k: v for k, v in found.items() if k != "DATABASE_URL"}

    @property
    def name(self) -> str:
        return f"bench_{self.size}"

    def make(self) -> None:
        """Create it, bring it up to date and fill it; what is there already stays."""
        if self.url:
            _create(self.url)
        self.run("benchmarks.generate", str(self.size))

    def run(self, module: str, *arguments: str) -> None:
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        command = [sys.executable, "-m", module, *arguments]
        subprocess.run(
            command, cwd=ROOT, env=environment | self.environment, check=True, stdout=sys.stderr
        )

    def collect_static(self) -> None:
        """What pages link to, for all sizes; without it they are not answered."""
        found = {**os.environ, **self.environment, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        command = [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=found, check=True)

    def backends(self) -> set[int]:
        """Process numbers of the database's own server that answer for this database."""
        if not self.url:
            return set()
        import psycopg

        with psycopg.connect(_base(self.url), autocommit=True) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s", [self.name]
            )
            return {pid for (pid,) in rows}

    def version(self) -> str:
        if self.url:
            import psycopg

            with psycopg.connect(_base(self.url)) as connection:
                number = connection.info.server_version
            return f"PostgreSQL {number // 10_000}.{number % 10_000}"
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"


def databases(vendors: list[str], sizes: list[int], data: Path, server: str) -> list[Database]:
    return [
        Database(vendor, size, data, f"{server}/bench_{size}" if vendor == "postgresql" else "")
        for vendor in vendors
        for size in sizes
    ]


def _base(url: str) -> str:
    return url.rpartition("/")[0] + "/postgres"


def _create(url: str) -> None:
    import psycopg
    from psycopg import sql

    name = url.rpartition("/")[2]
    with psycopg.connect(_base(url), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(statement.format(sql.Identifier(name)))
