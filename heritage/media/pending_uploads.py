"""Uploads whose form had errors: for a day they need not be sent again. They are never served.

Each owner has a folder for a limited number of files; an owner is an account, or all visitors
together.
"""

import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

LASTS = 24 * 60 * 60  # seconds
MAX_FILES = 40  # of each owner: of more the oldest go
VISITORS = "visitors"  # the owner of what readers send
SUFFIX = "_pending"  # of the hidden input with the token of an upload
_SALT = "heritage.pending_upload"


def keep(owner: object, upload: UploadedFile) -> str:
    """Keep an upload. Returns the token that the form sends instead of it."""
    path = _folder(owner) / uuid.uuid4().hex
    path.parent.mkdir(parents=True, exist_ok=True)
    _make_room(path.parent)
    upload.seek(0)
    with path.open("wb") as file:
        shutil.copyfileobj(upload, file)
    return signing.dumps([str(owner), path.name, upload.name, upload.content_type], salt=_SALT)


def take(owner: object, token: str) -> UploadedFile | None:
    """The kept upload of a token; None if it has expired or belongs to another owner."""
    try:
        signed = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    whose, name, upload_name, content_type = signed
    path = _folder(owner) / name
    if whose != str(owner) or not path.exists():
        return None
    return UploadedFile(path.open("rb"), upload_name, content_type, path.stat().st_size)


def take_all(owner: object, request: HttpRequest) -> None:
    """Use the kept uploads where no other file was chosen."""
    for name, token in request.POST.items():
        field = name.removesuffix(SUFFIX)
        if field != name and field not in request.FILES and token:
            upload = take(owner, str(token))
            if upload is not None:
                request.FILES[field] = upload


def expired() -> Iterator[Path]:
    """Files that have expired."""
    for path in _root().glob("*/*"):
        if _is_expired(path):
            yield path


def _root() -> Path:
    return settings.DATA_DIR / "uploads"


def _folder(owner: object) -> Path:
    return _root() / str(owner)


def _is_expired(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > LASTS


def _make_room(folder: Path) -> None:
    """Delete expired uploads, and the oldest if there are too many."""
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for number, path in enumerate(files):
        if number >= MAX_FILES - 1 or _is_expired(path):
            path.unlink(missing_ok=True)
