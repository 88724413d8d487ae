"""Backups: the whole catalogue in one file, and back from it.

- `make(folder)` writes an archive: the database as of one moment, the files of pictures, and a
  manifest of versions, counts and checksums. Others may write meanwhile.
- `restore(path)` puts one in the place of what is there, or changes nothing.
- `restored_beside(path)` restores one into a temporary place beside the catalogue, in which
  commands can be run: with `environment` as their variables.
- `read_manifest(path)` says what an archive holds.

Each raises `BackupError`, whose text says what to do.
"""

from heritage.exchange.backups.archive import BackupError, Manifest, read_manifest
from heritage.exchange.backups.making import NAME, Backup, keep_latest, make
from heritage.exchange.backups.restoring import (
    Restored,
    TemporaryCatalogue,
    restore,
    restored_beside,
)

__all__ = [
    "NAME",
    "Backup",
    "BackupError",
    "Manifest",
    "Restored",
    "TemporaryCatalogue",
    "keep_latest",
    "make",
    "read_manifest",
    "restore",
    "restored_beside",
]
