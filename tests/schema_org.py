"""What is wrong in JSON-LD by the vocabulary of schema.org: unknown types and properties, a
property of another type, and values that it does not take.

`facts/schema_org.csv` has the types with the broader one (`of`), and the properties with the types
that have them (`of`) and what they take; of each those alone that pages use. An address may stand
for any thing, as schema.org has it.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

_FACTS = Path(__file__).parent / "facts" / "schema_org.csv"
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_DAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"\d\d:\d\d(:\d\d)?"
_FORMS = {
    "Text": re.compile(r".+", re.DOTALL),
    "URL": re.compile(r"https?://[^\s/]+\S*"),
    "Date": re.compile(_DATE),
    "DateTime": re.compile(rf"{_DATE}T{_TIME}([+-]\d\d:\d\d|Z)"),
    "Time": re.compile(_TIME),
    "Distance": re.compile(r"[0-9.]+ [a-z]+"),
}


def _read() -> tuple[dict[str, str], dict[str, tuple[set[str], set[str]]]]:
    types: dict[str, str] = {}
    properties: dict[str, tuple[set[str], set[str]]] = {}
    with _FACTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["term"][0].isupper():
                types[row["term"]] = row["of"]
            else:
                properties[row["term"]] = set(row["of"].split()), set(row["values"].split())
    return types, properties


_TYPES, _PROPERTIES = _read()


def faults_of_page(html: str) -> list[str]:
    return [fault for text in _SCRIPT.findall(html) for fault in faults(json.loads(text))]


def faults(document: dict) -> list[str]:
    if document.get("@context") != "https://schema.org":
        return [f"the context is {document.get('@context')}"]
    return list(_faults(document))


def _broader(name: str) -> set[str]:
    """A type and all that it is a kind of."""
    found = {name}
    while name in _TYPES:
        name = _TYPES[name]
        found.add(name)
    return found


def _faults(node: dict) -> Iterator[str]:
    name = node.get("@type")
    if not isinstance(name, str) or name not in _TYPES:
        yield f"no type {name}"
        return
    for key, value in node.items():
        if key.startswith("@"):
            continue
        of, taken = _PROPERTIES.get(key, (set(), set()))
        if not of & _broader(name):
            yield f"{key} is no property of {name}"
            continue
        for each in value if isinstance(value, list) else [value]:
            if not _kinds(each) & taken:
                yield f"{key} of {name} is {json.dumps(each, ensure_ascii=False)[:80]}"
            if isinstance(each, dict):
                yield from _faults(each)


def _kinds(value: object) -> set[str]:
    """What a value may be taken for."""
    if isinstance(value, dict):
        return _broader(str(value.get("@type")))
    if isinstance(value, bool):
        return {"Boolean"}
    if isinstance(value, int):
        return {"Number", "Integer"}
    if isinstance(value, float):
        return {"Number"}
    found = {name for name, form in _FORMS.items() if form.fullmatch(str(value))}
    found |= {"DayOfWeek"} if value in _DAYS else set()
    return found | {"Thing"} if "URL" in found else found
