"""Files of all sites, made each night so that they are ready when somebody asks.

A request for the same file gets this one, until the catalogue changes.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from heritage.formats.downloads.making import FORMATS, Download, version_of
from heritage.models import PreparedFile
from heritage.search import current_index
from heritage.values.language import interface_languages

MAKER = "download"
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Edition:
    """A file of all sites that is ready."""

    url: str
    size: int
    sha256: str
    made_at: datetime | None


def ready() -> dict[tuple[str, str], Edition]:
    """The newest file of all sites, by language and extension."""
    found = {}
    for file in _made():
        if file.is_ready:
            url = reverse("media:prepared", args=[file.uid, file.name])
            key = file.parameters["language"], file.parameters["extension"]
            found[key] = Edition(url, file.size, file.sha256, file.made_at)
    return found


def _made() -> list[PreparedFile]:
    """The rows of files of all sites, the newest last."""
    files = PreparedFile.objects.filter(maker=MAKER, state=PreparedFile.State.READY)
    files = files.filter(parameters__query="", parameters__bom=False)
    return list(files.order_by("made_at", "pk"))


def all_files() -> list[Download]:
    """One for each language and format that can hold all sites."""
    index = current_index()
    return [
        Download("", language, each.extension, _origin(), version_of(index))
        for language in interface_languages()
        for each in FORMATS.values()
        if each.most is None or len(index.sites) <= each.most
    ]


def ask(download: Download) -> PreparedFile:
    """The file, ready or being prepared."""
    return PreparedFile.objects.ask(
        MAKER, download.file_name, download.format.content_type, **download.parameters
    )


def forget_earlier() -> None:
    """Delete files of all sites of which there is a newer one."""
    seen = set()
    for file in reversed(_made()):
        key = file.parameters["language"], file.parameters["extension"]
        if key in seen:
            file.delete()
            file.full_path.unlink(missing_ok=True)
        elif file.is_ready:
            seen.add(key)


def _origin() -> str:
    """The origin of addresses in files that were not requested by anybody: the first allowed host
    that is neither a pattern nor a name of this machine."""
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in _LOCAL and host[0] not in ".*"]
    host = hosts[0] if hosts else "localhost"
    return f"{'https' if settings.HTTPS else 'http'}://{host}"
