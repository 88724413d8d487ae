"""Parts of addresses that urls.py takes: what cannot be a uid leads nowhere, and to no query."""


class UidConverter:
    """A record's permanent `uid`, as models/base.py allows it."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
