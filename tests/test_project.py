"""Rules of the project that can be checked: docstrings, settings, layers, docs, tracked files."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MODULES = [path for path in (ROOT / "heritage").rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path):
    source = path.read_text(encoding="utf-8")
    if source.strip():
        assert ast.get_docstring(ast.parse(source)), "a module's first line says what it is for"


def test_every_setting_is_in_the_readme_and_none_besides():
    used = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "heritage/settings.py").read_text()))
    table = set(re.findall(r"^\| `(\w+)`", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert used == table


def test_readme_opens_with_the_two_commands():
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks[0].strip() == "pip install uv && uv run manage.py demo"
    assert blocks[1].strip() == "pip install uv && uv run pytest"


def test_pictures_of_the_readme_are_there():
    for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / path).is_file(), path


def test_nothing_is_tracked_that_must_not_be():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert not {"uv.lock", "pylock.toml"} & set(tracked)
    assert not [name for name in tracked if name.startswith(("var/", ".venv/"))]


def test_layers_import_downwards_only():
    done = subprocess.run(["lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_class_name_says_which_class_is_meant():
    """No two classes of the package share a name, but for those whose names Django lays down."""
    found: dict[str, list[str]] = {}
    for path in sorted((settings.BASE_DIR / "heritage").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in ("Command", "Migration"):
                found.setdefault(node.name, []).append(path.name)
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_diagrams_in_docs_follow_from_the_code():
    done = subprocess.run(
        [sys.executable, "docs/diagrams.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HERITAGE_DEBUG": "1", "DJANGO_SETTINGS_MODULE": "heritage.settings"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_named_in_docs_are_there():
    for page in ("architecture.md", "data-model.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for path in re.findall(r"`(\w+/[\w/]+\.py)`", text):
            assert (ROOT / path).is_file() or (ROOT / "heritage" / path).is_file(), (page, path)
