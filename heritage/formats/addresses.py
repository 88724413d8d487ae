"""Absolute URLs of sites, terms and files, for JSON-LD, feeds and sitemaps."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from heritage.models import Image, Site


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses under one origin, such as `https://heritage.example`, without a slash at its end.

    An empty origin gives paths alone.
    """

    origin: str = ""

    @classmethod
    def of_request(cls, request: HttpRequest) -> "Addresses":
        """Under the origin that was requested."""
        return cls(request.build_absolute_uri("/").rstrip("/"))

    def url(self, name: str, *args: str, language: str | None = None) -> str:
        """The address of a named route, in a language of the interface (None: the active one)."""
        if language is None:
            return self.origin + reverse(name, args=args)
        with override(language):
            return self.origin + reverse(name, args=args)

    def site(self, site: Site) -> str:
        return self.url("web:site", site.slug)

    def permanent(self, site: Site) -> str:
        """The address that names the place itself, whatever its page is called."""
        return self.url("permanent", site.uid)

    def image(self, image: Image) -> str:
        return self.url("media:image", image.uid, image.file_name)
