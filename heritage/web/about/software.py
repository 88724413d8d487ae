"""The packages that this program uses, with the licences that they declare."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.metadata import PackageMetadata
from typing import Any

from django.conf import settings

# What a package brings along that readers meet as well.
_BRINGS = {"django-htmx": "htmx", "django-js-lib-leaflet": "Leaflet"}
_LONGEST = 80  # a licence's name; some packages put its whole text there


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    brings: str
    version: str
    licence: str
    url: str


@cache
def project() -> dict[str, Any]:
    """What pyproject.toml says of this program: its version, its dependencies."""
    text = (settings.BASE_DIR / "pyproject.toml").read_text("utf-8")
    return tomllib.loads(text)["project"]


@cache
def software() -> list[Program]:
    """The dependencies in pyproject.toml that are installed."""
    named = (re.match(r"[\w.-]+", wanted) for wanted in project()["dependencies"])
    names = (found[0] for found in named if found)
    return [program for program in map(_program, sorted(names)) if program]


def _program(name: str) -> Program | None:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None  # PostgreSQL's driver may be left out where SQLite is used
    return Program(
        about["Name"], _BRINGS.get(name, ""), about["Version"], licence(about), _home(about)
    )


def licence(about: PackageMetadata) -> str:
    """From a package's metadata: the SPDX expression, else its classifiers, else what it wrote."""
    classifiers = [
        words.rpartition(" :: ")[2]
        for words in about.get_all("Classifier") or []
        if words.startswith("License :: ")
    ]
    stated = about.get("License-Expression") or ", ".join(classifiers) or about.get("License") or ""
    return stated if len(stated) <= _LONGEST and "\n" not in stated else ""


def _home(about: PackageMetadata) -> str:
    pairs = [line.partition(", ") for line in about.get_all("Project-URL") or []]
    named = {name.lower(): url for name, _comma, url in pairs}
    wanted = ("homepage", "home", "source", "source code", "repository", "documentation")
    found = [about.get("Home-page"), *(named.get(name) for name in wanted)]
    return next((url for url in found if url and url.startswith("https://")), "")
