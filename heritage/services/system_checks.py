"""System checks: the data folder, tiles of others, models that bypass writing, an old database."""

import os
import sqlite3
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.management.base import CommandError
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext as _

from heritage.cartography.tile_layers import read_layers
from heritage.models import Designation, Site, SiteDate, SiteEra, SortName
from heritage.models.base import Record, RecordQuerySet
from heritage.models.row_values import recorded_columns, recorded_relations
from heritage.services.dependencies import (
    COLUMN_EFFECTS,
    SITES_OF,
    SITES_THAT_SHOW,
    ColumnEffect,
)

# Made from the rows of a site by services.denormalized, and by nobody else.
_DERIVED = (SiteDate, SiteEra, SortName)
_BY_DATABASE = (models.DB_CASCADE, models.DB_SET_NULL, models.DB_SET_DEFAULT)
# What follows from a column of a vocabulary, where its sites are found, and the name of that.
_WHICH_SITES: tuple[tuple[ColumnEffect, Mapping[type, Any], str], ...] = (
    (ColumnEffect.DERIVED, SITES_OF, "SITES_OF"),
    (ColumnEffect.SHOWN, SITES_THAT_SHOW, "SITES_THAT_SHOW"),
)

# The first whose full text can forget a row that it holds no copy of: `contentless_delete`.
OLDEST_SQLITE = (3, 43)


def register() -> None:
    """Called once the app is ready."""
    checks.register(check_data_folder)
    checks.register(check_machines, checks.Tags.caches, deploy=True)
    checks.register(check_map_tiles)
    checks.register(check_models, checks.Tags.models)
    checks.register(check_database, checks.Tags.database)
    checks.register(check_sqlite_version, checks.Tags.database)
    pre_migrate.connect(_before_migrate, dispatch_uid="checks")


def check_data_folder(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The data folder must be writable; SQLite's own error would not name it."""
    if os.access(settings.DATA_DIR, os.W_OK | os.X_OK):
        return []
    return [
        checks.Error(
            f"The data folder {settings.DATA_DIR} cannot be written.",
            hint="Give it to the user that runs the catalogue, or name another in HERITAGE_DATA.",
            id="heritage.E006",
        )
    ]


def check_machines(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """With several machines, what one machine would have in files of its own must be shared."""
    if settings.MACHINES < 2:
        return []
    found: list[checks.CheckMessage] = []
    backend = settings.CACHES["default"]["BACKEND"].rpartition(".")[2]
    if backend in ("FileBasedCache", "LocMemCache"):
        found.append(
            checks.Error(
                f"{settings.MACHINES} machines serve the catalogue, and each counts attempts for "
                "itself, in a cache of its own.",
                hint="Name a Redis server in HERITAGE_CACHE_URL, the same for all.",
                id="heritage.E009",
            )
        )
    if connection.vendor == "sqlite":
        found.append(
            checks.Error(
                f"{settings.MACHINES} machines serve the catalogue, and SQLite is for one.",
                hint="Name a PostgreSQL server in DATABASE_URL, the same for all.",
                id="heritage.E010",
            )
        )
    return found


def check_map_tiles(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The map shows no tiles of the operator while anything is wrong with them."""
    _layers, problems = read_layers(settings.MAP_TILES, settings.HTTPS)
    return [
        checks.Error(
            f"HERITAGE_MAP_TILES is not used, and the map shows its own tiles. {problem}",
            hint="docs/deployment.md has examples, under “Tiles of others on the map”.",
            id="heritage.E011",
        )
        for problem in problems
    ]


def check_sqlite_version(
    app_configs: Any = None, databases: Any = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """SQLite must be new enough for the full text; `migrate` would fail half way otherwise."""
    if connection.vendor != "sqlite":
        return []
    version = sqlite3.sqlite_version_info
    if version >= OLDEST_SQLITE:
        return []
    return [
        checks.Error(
            f"SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer is needed; this is "
            f"{'.'.join(map(str, version))}.",
            hint="It comes with Python: take a newer one, or PostgreSQL.",
            id="heritage.E007",
        )
    ]


def check_models(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [error for model in apps.get_models() for error in model_errors(model)]


def model_errors(model: type[models.Model]) -> list[checks.CheckMessage]:
    """Why writes of a model would bypass the write path, or not reach the sites that follow."""
    errors: list[checks.CheckMessage] = []
    targets = {
        field.related_model for field in model._meta.concrete_fields if field.related_model
    } & {Site, Designation}
    if not issubclass(model, Record):
        if targets and model not in _DERIVED:
            hint = "Make it a heritage.models.base.Record with an owner."
            errors.append(_error(model, "belongs to a site, and its writes go unnoticed", hint, 1))
        return errors
    if model._meta.app_label != "heritage" or not isinstance(
        model._default_manager.all(), RecordQuerySet
    ):
        hint = "Keep it in the app “heritage”, with a manager made from RecordQuerySet."
        errors.append(_error(model, "is a record whose bulk writes go unnoticed", hint, 2))
    owner = model._meta.get_field(model.owner).related_model if model.owner else model
    if targets and model.describes_sites and owner not in SITES_OF:
        hint = "Name its owner, or enter it in heritage.services.dependencies.SITES_OF."
        errors.append(_error(model, "belongs to a site that does not follow it", hint, 3))
    is_vocabulary = model.describes_sites and not model.owner and model not in (Site, Designation)
    columns = {field.name for field in (*recorded_columns(model), *recorded_relations(model))}
    missing = columns - COLUMN_EFFECTS.get(model, {}).keys()
    if is_vocabulary and missing and not errors:
        hint = "Say so in heritage.services.dependencies.COLUMN_EFFECTS."
        names = ", ".join(f"“{name}”" for name in sorted(missing))
        what = f"does not say what follows for sites from {names}"
        errors.append(_error(model, what, hint, 8))
    for effect, sites, table in _WHICH_SITES:
        effects = COLUMN_EFFECTS.get(model, {}).items()
        followed = sorted(f"“{name}”" for name, of_column in effects if of_column & effect)
        if followed and model not in sites:
            hint = f"Say which in heritage.services.dependencies.{table}."
            what = f"does not say for which sites something follows from {', '.join(followed)}"
            errors.append(_error(model, what, hint, 12))
    for field in model._meta.concrete_fields:
        if field.remote_field and field.remote_field.on_delete in _BY_DATABASE:
            hint = "Use CASCADE, SET_NULL or PROTECT."
            what = f"lets the database act on “{field.name}”, past its history"
            errors.append(_error(model, what, hint, 4))
    return errors


def _error(model: type[models.Model], what: str, hint: str, number: int) -> checks.Error:
    message = f"{model._meta.label} {what}."
    return checks.Error(message, hint=hint, obj=model, id=f"heritage.E{number:03}")


# --- a database of an older version ----------------------------------------------------------


def is_of_older_version(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables are those of a version before 1.0 whose migrations no longer exist."""
    return bool(_missing(connection))


def _missing(connection: BaseDatabaseWrapper) -> str:
    """What the applied migrations should have made and is not there: `table` or `table.column`.

    Before 1.0 migrations were rewritten, so their names alone do not tell the version.
    """
    tables = set(connection.introspection.table_names())
    loader = MigrationLoader(connection)
    applied = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    if "heritage_site" in tables and ("heritage", "0001_initial") not in applied:
        return "heritage.0001_initial"
    models = loader.project_state(applied).apps.get_models(include_auto_created=True)
    with connection.cursor() as cursor:
        for model in models:
            table = model._meta.db_table
            if model._meta.app_label != "heritage":
                continue
            if table not in tables:
                return table
            described = connection.introspection.get_table_description(cursor, table)
            columns = {column.name for column in described}
            for field in model._meta.local_concrete_fields:
                if field.column not in columns:
                    return f"{table}.{field.column}"
    return ""


def _refusal(missing: str) -> str:
    return _(
        "This database was made by a development version before 1.0 and cannot be brought up to "
        "date (%(missing)s is missing). Nothing was changed: that version can go on using it. For "
        "this version, name an empty database in DATABASE_URL or an empty folder in "
        "HERITAGE_DATA; a demonstration is started over by manage.py demo --reset."
    ) % {"missing": missing}


def check_database(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    found = {alias: _missing(connections[alias]) for alias in databases or ()}
    return [
        checks.Error(_refusal(missing), obj=alias, id="heritage.E005")
        for alias, missing in found.items()
        if missing
    ]


def _before_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Refuse an old database before the first migration runs."""
    if sender.label == "heritage" and (missing := _missing(connections[using])):
        raise CommandError(_refusal(missing))
