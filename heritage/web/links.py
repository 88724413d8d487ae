"""Addresses that one page prints many of: what `reverse()` gives, at a tenth of the cost."""

from functools import cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

_MARK = "x-mark-x"


def link(name: str, value: str) -> str:
    """The address of a route with one value that needs no quoting: a slug or a uid."""
    before, after = _parts(name, get_language(), get_script_prefix())
    return f"{before}{value}{after}"


@cache
def _parts(name: str, language: str, prefix: str) -> tuple[str, str]:
    before, _mark, after = reverse(name, args=[_MARK]).partition(_MARK)
    return before, after
