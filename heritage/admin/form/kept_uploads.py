"""Keeps the pictures of a form that came back with errors, so that they need not be chosen again.

They are stored outside MEDIA_ROOT, a few for each user, for a day.
"""

import shutil
import uuid
from pathlib import Path

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from heritage.admin.access import user_of
from heritage.media import pending_uploads
from heritage.models import User

MAX_FILES = 10  # of each user
KEPT = "_kept"  # suffix of the hidden input with the token of a kept upload
_SALT = "heritage.admin.kept_upload"


def keep(user: User, upload: UploadedFile) -> str:
    """Keep an upload. Returns the token that the form sends instead of it."""
    folder = _folder(user)
    folder.mkdir(parents=True, exist_ok=True)
    _make_room(folder)
    name = uuid.uuid4().hex
    upload.seek(0)
    with (folder / name).open("wb") as file:
        shutil.copyfileobj(upload, file)
    return signing.dumps([user.pk, name, upload.name, upload.content_type], salt=_SALT)


def take(user: User, token: str) -> UploadedFile | None:
    """The kept upload of a token; None if it has expired or belongs to another user."""
    try:
        signed = signing.loads(token, salt=_SALT, max_age=pending_uploads.LASTS)
    except signing.BadSignature:
        return None
    owner, name, upload_name, content_type = signed
    path = _folder(user) / name
    if owner != user.pk or not path.exists():
        return None
    return UploadedFile(path.open("rb"), upload_name, content_type, path.stat().st_size)


def take_all(request: HttpRequest) -> None:
    """Use the kept uploads where no other file was chosen."""
    for name, token in request.POST.items():
        field = name.removesuffix(KEPT)
        if field != name and field not in request.FILES and token:
            upload = take(user_of(request), str(token))
            if upload is not None:
                request.FILES[field] = upload


def _folder(user: User) -> Path:
    return pending_uploads.folder() / str(user.pk)


def _make_room(folder: Path) -> None:
    """Delete expired uploads, and the oldest if there are too many."""
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for number, path in enumerate(files):
        if number >= MAX_FILES - 1 or pending_uploads.is_expired(path):
            path.unlink(missing_ok=True)
