"""What `manage.py check`, and with it `migrate`, says of the machine that the catalogue runs on."""

import os

from django.conf import settings
from django.core import checks


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
