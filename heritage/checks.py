"""What `manage.py check`, and with it `migrate`, says of the machine that the catalogue runs on."""

import os

from django.conf import settings
from django.core import checks
from django.db import connection

# The first whose full text can forget a row that it holds no copy of: `contentless_delete`.
OLDEST_SQLITE = (3, 43)


@checks.register
def data_folder(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """The data folder can be written: else SQLite alone would say so, and not where."""
    if os.access(settings.DATA_DIR, os.W_OK | os.X_OK):
        return []
    return [
        checks.Error(
            f"The data folder {settings.DATA_DIR} cannot be written.",
            hint="Give it to the user that runs the catalogue, or name another in HERITAGE_DATA.",
            id="heritage.E001",
        )
    ]


@checks.register(checks.Tags.database)
def sqlite_version(app_configs, databases=None, **kwargs) -> list[checks.CheckMessage]:
    """SQLite has what the full text is made of: `migrate` would fail half way otherwise."""
    if connection.vendor != "sqlite":
        return []
    version = connection.Database.sqlite_version_info
    if version >= OLDEST_SQLITE:
        return []
    return [
        checks.Error(
            f"SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer is needed; this is "
            f"{'.'.join(map(str, version))}.",
            hint="It comes with Python: take a newer one, or PostgreSQL.",
            id="heritage.E002",
        )
    ]
