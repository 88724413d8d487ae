"""The recipes of README, each followed step by step on a copy of the project.

All are followed on one copy, in their order. Then it must pass what a change is checked with.
"""

import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
_COPIED = ("heritage", "templates", "static", "tests", "docs", "pyproject.toml", "manage.py")
_CATALOGUE = "heritage/locale/zh_Hans/LC_MESSAGES/django.po"
# What a recipe tells to do: a block, a number to increase, or a checksum to enter.
_STEP = re.compile(
    r"^ *```(?P<language>\w+)\n(?P<block>.*?)^ *```$"
    r"|[Ii]ncrease `(?P<number>\w+)` in `(?P<file>[\w/.]+)`"
    r"|`uv run pytest (?P<checked>[\w/.]+)` tells its checksum",
    re.DOTALL | re.MULTILINE,
)
_MESSAGE = re.compile(r"“([^”]+)”(?: and “([^”]+)”)? (?:is|are)\s“([^”]+)”")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project on which the recipes have been followed."""
    copy = tmp_path_factory.mktemp("recipes") / "copy"
    copy.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    text = (ROOT / "README.md").read_text().partition("## How to add to it\n")[2]
    always, *recipes = text.partition("\n## ")[0].split("\n### ")
    if (known := ROOT / ".mypy_cache").is_dir():  # so that only what changes is checked
        shutil.copytree(known, copy / known.name)
    for recipe in recipes:
        _follow(copy, recipe)
    translated = {}
    for one, other, chinese in _MESSAGE.findall(re.sub(r"\s+", " ", "".join(recipes))):
        translated |= {one: chinese, other or one: chinese}
    makemessages, compilemessages = re.findall(r"uv run manage\.py (.+)", always)[-2:]
    _manage(copy, makemessages)
    catalogue = polib.pofile(str(copy / _CATALOGUE), wrapwidth=0)
    new = [entry for entry in catalogue if not entry.translated()]
    assert {entry.msgid for entry in new} == set(translated), "what the recipes translate"
    for entry in new:  # written into the file as people do, which leaves the rest as it is
        _replace(
            copy / _CATALOGUE,
            f'msgid "{entry.msgid}"\nmsgstr ""\n',
            f'msgid "{entry.msgid}"\nmsgstr "{translated[entry.msgid]}"\n',
        )
    _manage(copy, compilemessages)
    return copy


def _follow(copy: Path, recipe: str) -> None:
    enters_checksum = ""
    for step in _STEP.finditer(recipe):
        block = dedent(step["block"] or "")
        if step["number"]:
            file, name = copy / step["file"], step["number"]
            [number] = re.findall(rf"^{name} = (\d+)$", file.read_text(), re.MULTILINE)
            _replace(file, f"{name} = {number}\n", f"{name} = {int(number) + 1}\n")
        elif step["checked"]:
            enters_checksum = step["checked"]
        elif step["language"] == "sh":
            for command in re.findall(r"uv run manage\.py (.+)", block):
                _manage(copy, command)
            if enters_checksum:
                _enter_checksum(copy, copy / enters_checksum)
        elif step["language"] == "diff":
            name, _newline, lines = block.removeprefix("--- ").partition("\n")
            found = re.findall(r"^([ +-])(.*\n)", lines, re.MULTILINE)
            old = "".join(line for sign, line in found if sign in " -")
            _replace(copy / name, old, "".join(line for sign, line in found if sign in " +"))
        else:
            path = copy / re.findall(r"`(\w+/[\w/]+\.\w+)`", recipe[: step.start()])[-1]
            assert not path.exists(), path
            path.parent.mkdir(exist_ok=True)
            path.write_text(block)


def _enter_checksum(copy: Path, test: Path) -> None:
    newest = max((copy / "heritage/migrations").glob("0*.py"))
    digest = hashlib.sha256(newest.read_bytes()).hexdigest()[:16]
    last = re.findall(r'^    "\d{4}_\w+\.py": "\w+",\n', test.read_text(), re.MULTILINE)[-1]
    _replace(test, last, f'{last}    "{newest.name}": "{digest}",\n')


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"README: {path.name} has this {text.count(old)} times:\n{old}"
    path.write_text(text.replace(old, new))


def _manage(copy: Path, command: str) -> None:
    _run(copy, sys.executable, "manage.py", *command.split())


def _run(copy: Path, *command: str, **settings: str) -> str:
    without = {"DATABASE_URL", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "heritage.settings",
        "HERITAGE_DEBUG": "1",
        "HERITAGE_DATA": str(copy.parent / "data"),
        "PYTHONPATH": str(copy),
    } | settings
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, " ".join(command) + "\n" + done.stdout + done.stderr
    return done.stdout


def test_the_tests_of_the_recipes_pass_and_those_of_all_fields_pages_and_facets(copy):
    """In one process, since each makes a database of its own."""
    new = [name for name in _written(copy, "test_*.py") if not (ROOT / name).exists()]
    assert len(new) == 4
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    chosen = [
        *("declared", "reads_what_it_writes", "test_project", "test_templates"),
        *(
            "test_locale",
            "test_search_filters",
            "test_the_guide_names_every_column",
            *(Path(name).stem for name in new),
        ),
    ]
    said = _run(
        copy,
        *command,
        "--ds=tests.settings",
        *new,
        "tests/test_locale.py",
        "tests/test_project.py::test_a_migration_that_others_have_run_is_never_changed",
        "tests/test_templates.py::test_every_template_is_rendered",
        "tests/test_admin_table.py",
        "tests/test_imports.py",
        "tests/test_search_filters.py",
        "-k",
        " or ".join(chosen),
    )
    assert int(re.search(r"(\d+) passed", said)[1]) > 40


def test_the_code_of_the_recipes_passes_the_checks(copy):
    _manage(copy, "makemigrations --check --dry-run")
    code, templates = _written(copy, "*.py"), _written(copy, "*.html")
    assert len(code) > 10 and len(templates) > 2
    _run(copy, "ruff", "check", "--force-exclude", *code)
    _run(copy, "ruff", "format", "--check", "--force-exclude", *code)
    _run(copy, "djade", "--check", "--target-version", "6.1", *templates)
    _run(copy, "lint-imports")
    _run(copy, "mypy")
    _run(copy, sys.executable, "docs/diagrams.py", "--check")
    _run(
        copy,
        *(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        HERITAGE_DEBUG="0",
        HERITAGE_HTTPS="1",
        HERITAGE_HOSTS="heritage.example",
        HERITAGE_SECRET_KEY=secrets.token_urlsafe(64),
    )


def _written(copy: Path, pattern: str) -> list[str]:
    """The files that are new in the copy, or another than in the project."""
    names = [path.relative_to(copy) for path in copy.rglob(pattern)]
    return [
        str(name)
        for name in names
        if not (ROOT / name).exists() or (ROOT / name).read_bytes() != (copy / name).read_bytes()
    ]
