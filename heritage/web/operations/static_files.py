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


def without_comments(name: str, content: bytes) -> bytes:
    """A style sheet, or a script of our own, as readers get it; any other file as it is."""
    if name.endswith(".css"):
        return _MARGINS.sub(b"\n", _IN_STYLES.sub(b"", content))
    if name.startswith("js/") and name.endswith(".js"):
        return _IN_SCRIPTS.sub(b"", content)
    return content


class NewFilesCompressor(Compressor):
    """Leaves a file alone whose compressed forms are there. Its name has a hash of its content, so
    they are those of this content; a name is given to one that is written as a whole."""

    def compress(self, path: str) -> list[str]:
        compressed = [f"{path}.br", f"{path}.gz"]
        if all(Path(each).exists() for each in compressed):
            return compressed
        return super().compress(path)

    def write_data(self, path: str, data: bytes, suffix: str, stat_result: os.stat_result) -> str:
        written = Path(super().write_data(path, data, f"{suffix}.new", stat_result))
        return str(written.rename(f"{path}{suffix}"))


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Stores style sheets and scripts without comments, and looks each address up once: a page
    names a dozen files.

    The manifest is read when a process begins, so an address stays the same. Each release has one
    of its own in the folder that all share: while one is upgraded to another, the workers of both
    find their files, and so do pages that are open in a browser.
    """

    manifest_name = settings.STATIC_MANIFEST

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._addresses: dict[str | None, str] = {}

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        short: File = ContentFile(without_comments(name or "", content.read()))
        return super().save(name, short, max_length)

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Of the files as they were saved, not of those that they were copied from."""
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
