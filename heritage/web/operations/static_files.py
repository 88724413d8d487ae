"""The storage of collected static files."""

from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Looks each address up once: a page names a dozen files.

    The manifest is read when a process begins, so an address stays the same. Each release has one
    of its own in the folder that all share: while one is upgraded to another, the workers of both
    find their files, and so do pages that are open in a browser.
    """

    manifest_name = settings.STATIC_MANIFEST

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._addresses: dict[str | None, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        if force:
            return super().url(name, force)
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]
