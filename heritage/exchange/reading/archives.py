"""Zip archives, such as spreadsheets are, checked before anything of them is unpacked."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from heritage.exchange.reading.source import Limits, UnreadableFile

_CHUNK = 1 << 16
_MEMBERS = 5_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,  # a place before the file
    RuntimeError,
    ValueError,
)


def checked_names(path: Path, limits: Limits) -> list[str]:
    """The names of its members. Raises UnreadableFile if it is damaged, encrypted, or unpacks to
    too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _FAILURES as error:
        raise _damaged() from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MEMBERS or unpacked > limits.unpacked_bytes:
        raise UnreadableFile(
            _(
                "Unpacked, the file has more than %(most)s MB. Divide it, or save only what is "
                "needed."
            )
            % {"most": limits.unpacked_bytes // 1_000_000}
        )
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableFile(
                _("The file is protected by a password. Save it without one, then send it again.")
            )
        if member.compress_type not in _METHODS:
            raise UnreadableFile(
                _("The file is packed in an unusual way. Open it in its program and save it anew.")
            )
        beyond = member.file_size > limits.small_bytes
        if beyond and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise UnreadableFile(
                _(
                    "The file unpacks to more than %(ratio)s times its size: it is damaged, made "
                    "to do harm, or full of empty cells. Copy what is needed into a new file."
                )
                % {"ratio": limits.ratio}
            )
    return [member.filename for member in members]


def chunks(path: Path, name: str) -> Iterator[bytes]:
    """A member of an archive, piece by piece."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except _FAILURES as error:
        raise _damaged() from error


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        _("The file is damaged or breaks off. Save or download it once more, then send it again.")
    )
