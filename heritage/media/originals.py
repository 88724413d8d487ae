"""Where uploads are kept as they were sent: outside of what is served."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class OriginalStorage(FileSystemStorage):
    """Files in `ORIGINALS_ROOT`, without addresses."""

    @property
    def base_location(self) -> str:
        return str(settings.ORIGINALS_ROOT)

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def url(self, name: str | None) -> str:
        raise ValueError("Originals are not served.")
