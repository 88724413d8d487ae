"""Finds terms by the texts in files: slug, uid, code, or a name in any language, exactly.

A table of thousands of rows names the same few hundred terms. They are read once. Unlike in a cell
that an editor types into, the beginning of a name is not enough.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

from heritage.models import Place, Term, with_label
from heritage.values import normalize

# What the names of Chinese places end with, and people leave out: 河南 for 河南省.
_PLACE_ENDING = re.compile(
    r"(?<=..)(?:省|市|县|区|州|盟|旗|地区|林区|自治区|自治州|自治县|特别行政区"
    r"|(?:壮族|回族|维吾尔|维吾尔族)自治区)$"
)
# Between the parts of a place, from the broadest on: 河南省/洛阳市/洛龙区.
PATH = re.compile(r"\s*[/>›»\\]\s*")


@lru_cache(4_000)  # names of new sites are compared several times
def folded(name: str) -> str:
    return "".join(normalize.tokens(name))


class TermNames:
    """The rows of one model by their names and keys."""

    def __init__(self, model: type[Any]):
        self.model = model

    @cached_property
    def _rows(self) -> list[Any]:
        return list(with_label(self.model._default_manager.order_by("pk")))

    @cached_property
    def _by_key(self) -> dict[str, Any]:
        """The rows by uid and slug, which are unique."""
        found = {row.slug: row for row in self._rows if getattr(row, "slug", "")}
        return found | {row.uid: row for row in self._rows}

    @cached_property
    def _by_name(self) -> dict[str, list[Any]]:
        found: dict[str, dict[int, Any]] = defaultdict(dict)
        for row in self._rows:
            for name in _names(row):
                found[folded(name)][row.pk] = row
        found.pop("", None)
        return {name: list(rows.values()) for name, rows in found.items()}

    def named(self, text: str) -> list[Any]:
        if text in self._by_key:
            return [self._by_key[text]]
        name, _open, _more = text.partition(" (")
        return self._by_name.get(folded(text)) or self._by_name.get(folded(name)) or []


def _names(row: Any) -> Iterable[str]:
    if isinstance(row, Term):
        names = row.names()
        if isinstance(row, Place):
            names += [_PLACE_ENDING.sub("", name) for name in names]
            names += [row.code] if row.code else []
        return names
    texts = [field for field in ("label", "citation", "name") if hasattr(row, field)]
    names = [name for field in texts for name in getattr(row, field).values()]
    return [*names, *getattr(row, "other_names", ()), getattr(row, "code", "")]


class UnknownPlace(LookupError):
    """A place that the catalogue does not have, within one that it has, if any."""

    def __init__(self, name: str, within: Place | None):
        super().__init__(name)
        self.name, self.within = name, within


class PlaceNames(TermNames):
    """Places, whose names are often those of several: the ones around them are named, too."""

    def __init__(self) -> None:
        super().__init__(Place)
        self._found: dict[str, list[Any] | UnknownPlace] = {}  # by text

    @cached_property
    def _by_pk(self) -> dict[int, Place]:
        return {row.pk: row for row in self._rows}

    def line(self, pk: int | None) -> list[int]:
        """The ids of a place and of those around it, from the narrowest on."""
        found: list[int] = []
        while pk is not None and pk not in found:
            found.append(pk)
            row = self._by_pk.get(pk)
            pk = row.parent_id if row else None
        return found

    def level(self, pk: int) -> str:
        return self._by_pk[pk].level

    def named(self, text: str) -> list[Any]:
        """The places that a text or a path of names may mean.

        Raises UnknownPlace where the narrowest name of a path is not known.
        """
        if text not in self._found:
            try:
                self._found[text] = self._read(text)
            except UnknownPlace as error:
                self._found[text] = error
        found = self._found[text]
        if isinstance(found, UnknownPlace):
            raise found.with_traceback(None)
        return found

    def _read(self, text: str) -> list[Any]:
        parts = [part for part in PATH.split(text) if part]
        if len(parts) < 2:
            if found := super().named(text):
                return found
            raise UnknownPlace(text, None)
        within: list[Place] = []
        for part in parts:
            found = super().named(part)
            if within:
                around = {place.pk for place in within}
                inside = [p for p in found if around & set(self.line(p.pk))]
                # A municipality stands twice: 北京市/北京市.
                found = inside or [p for p in within if p in found]
            if not found:
                raise UnknownPlace(part, within[0] if len(within) == 1 else None)
            within = found
        return within

    def narrowest(self, places: list[Any]) -> list[Any]:
        """The places without those that contain others of the list: for 吉林 the city rather than
        the province."""
        around = {pk for place in places for pk in self.line(place.pk)[1:]}
        return [place for place in places if place.pk not in around]
