"""URL converters. A path segment that cannot be a uid does not match, and costs no query."""


class UidConverter:
    """A record's permanent `uid`, as models/base.py allows it."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
