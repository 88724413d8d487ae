"""Fixture files: those that others wrote, as an index, and those that are made here, as text."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Item = dict[str, Any]


def item(model: str, uid: str, **fields: Any) -> Item:
    """An object of a fixture; `key` and `keys` make its relations."""
    return {"model": f"heritage.{model}", "fields": {"uid": uid, **fields}}


def key(uid: str) -> list[str]:
    """How a fixture names another row."""
    return [uid]


def keys(uids: Iterable[str]) -> list[list[str]]:
    return [[uid] for uid in uids]


def as_text(items: list[Item]) -> str:
    """One object a line: small, and a change of one object is a change of one line."""
    lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in items)
    return "[\n" + ",\n".join(lines) + "\n]\n"


@dataclass(slots=True)
class Index:
    """What fixtures hold: rows by model and uid."""

    rows: dict[str, dict[str, dict]] = field(default_factory=lambda: defaultdict(dict))
    _under: dict[tuple[str, str], dict[str, list[dict]]] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[Path]) -> "Index":
        index = cls()
        for path in sorted(paths):
            index.add(json.loads(path.read_text(encoding="utf-8")))
        return index

    def add(self, items: list[Item]) -> None:
        self._under.clear()
        for each in items:
            fields = each["fields"]
            self.rows[each["model"].removeprefix("heritage.")][fields["uid"]] = fields

    def has(self, model: str, uid: str) -> bool:
        return uid in self.rows[model]

    def values(self, model: str, name: str) -> set:
        return {fields[name] for fields in self.rows[model].values() if fields.get(name)}

    def under(self, model: str, name: str) -> dict[str, list[dict]]:
        """The rows of a model by the uid of the one row that their field `name` names."""
        if (model, name) not in self._under:
            found: dict[str, list[dict]] = defaultdict(list)
            for fields in self.rows[model].values():
                if fields.get(name):
                    found[fields[name][0]].append(fields)
            self._under[model, name] = dict(found)
        return self._under[model, name]


def differences(made: dict[str, str], folder: Path, own: tuple[str, ...]) -> list[str]:
    """The names of files that differ from what was made, or that nothing makes any more."""
    changed = [
        name
        for name, text in made.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    there = {path.name for pattern in own for path in folder.glob(pattern)}
    return sorted({*changed, *(there - made.keys())})


def write(made: dict[str, str], folder: Path, own: tuple[str, ...]) -> list[str]:
    """Bring the folder up to date; the names of the files that were touched."""
    touched = differences(made, folder, own)
    for name in touched:
        if name in made:
            (folder / name).write_text(made[name], encoding="utf-8", newline="\n")
        else:
            (folder / name).unlink()
    return touched
