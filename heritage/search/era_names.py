"""Recognises names of eras that are typed into a date field: Ming, 明代, Tang dynasty, 金至清."""

import re

from heritage.models import Era
from heritage.values import date_parser, normalize
from heritage.values.edtf import EDTFError

_ENDING = re.compile(r"\s*\b(?:dynasty|period|era)\s*$|(?:朝|代|时期|時期)$", re.IGNORECASE)
_SPAN = re.compile(r"\s*[–—至到]\s*|\s+(?:-|to)\s+")


def _is_date(text: str) -> bool:
    try:
        date_parser.parse_date(text)
    except EDTFError:
        return False
    return True


def eras_for_date(date: str, *chosen: str) -> list[list[Era]]:
    """The eras that are named where a date is expected; none if eras have been chosen already."""
    text = date.strip()
    return [] if not text or any(chosen) or _is_date(text) else eras_named(text)


def eras_named(text: str) -> list[list[Era]]:
    """The eras of one name, or of both ends of a span; empty if a name is unknown."""
    parts = _SPAN.split(text)
    if len(parts) > 2:
        return []
    eras = Era.objects.select_related("region")
    by_name: dict[str, list[Era]] = {}
    for era in eras:
        for name in {*era.label.values(), *era.short_label.values()}:
            same = by_name.setdefault(_comparable(name), [])
            if era not in same:
                same.append(era)
    found = [by_name.get(_comparable(part), []) for part in parts]
    return found if all(found) else []


def _comparable(name: str) -> str:
    """The name as it is compared: in one script, without words such as “dynasty”."""
    return normalize.fold(_ENDING.sub("", name.strip()) or name)
