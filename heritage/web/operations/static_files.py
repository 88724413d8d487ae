"""The storage of collected static files."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A licence stays: `/*!`, or any comment of a script that takes more than one line.
_IN_STYLES = re.compile(rb"/\*(?!!).*?\*/", re.DOTALL)
_IN_SCRIPTS = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)
_MARGINS = re.compile(rb"\s*\n\s*")
# Source maps, other versions of a library, and the readable form of a script whose minified one is
# used. To compress them took three quarters of the time of `collectstatic`.
_UNUSED = re.compile(
    r"(\.map|/(leaflet-src|htmx-4|htmax-4)[^/]*"
    r"|/(htmx-2|jquery|select2\.full|xregexp)(\.[0-9a-f]{12})?\.js)$"
)


def without_comments(name: str, content: bytes) -> bytes:
    """The content of a style sheet or of our own script without comments; of any other file
    unchanged."""
    if name.endswith(".css"):
        return _MARGINS.sub(b"\n", _IN_STYLES.sub(b"", content))
    if name.startswith("js/") and name.endswith(".js"):
        return _IN_SCRIPTS.sub(b"", content)
    return content


class NewFilesCompressor(Compressor):
    """Does not compress files that no page uses, nor those whose compressed forms exist. Names
    contain a hash of the content, so these are of the same content; a file gets its name only when
    it is complete."""

    def should_compress(self, filename: str) -> bool:
        return super().should_compress(filename) and not _UNUSED.search(filename)

    def compress(self, path: str) -> list[str]:
        compressed = [f"{path}.br", f"{path}.gz"]
        if all(Path(each).exists() for each in compressed):
            return compressed
        return super().compress(path)

    def write_data(self, path: str, data: bytes, suffix: str, stat_result: os.stat_result) -> str:
        written = Path(super().write_data(path, data, f"{suffix}.new", stat_result))
        return str(written.rename(f"{path}{suffix}"))


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Stores style sheets and scripts without comments, and caches the address of each file, as a
    page names a dozen.

    The manifest is read when a process starts, so addresses do not change. Each release has its own
    manifest in the shared folder: during an upgrade the workers of both releases find their files,
    and so do pages that are open in a browser.
    """

    manifest_name = settings.STATIC_MANIFEST

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._addresses: dict[str | None, str] = {}

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        short: File = ContentFile(without_comments(name or "", content.read()))
        return super().save(name, short, max_length)

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Compress the files as they were saved, not those from which they were copied."""
        saved = {name: (self, name) for name in paths}
        return super().post_process(saved, *args, **options)

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return NewFilesCompressor(**kwargs)

    def url(self, name: str | None, force: bool = False) -> str:
        if force:
            return super().url(name, force)
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]
