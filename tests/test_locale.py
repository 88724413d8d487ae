"""Chinese is complete: every message translated, none stale, the compiled catalogue fresh."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import allauth
import django
import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CATALOGUES = sorted((ROOT / "heritage" / "locale").glob("*/LC_MESSAGES/django.po"))
REWORDED = sorted((ROOT / "heritage" / "rewordings").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parent.parent.name)
def catalogue(request):
    return polib.pofile(str(request.param))


@pytest.fixture(params=[*CATALOGUES, *REWORDED], ids=lambda path: "-".join(path.parts[-4:-2]))
def any_catalogue(request):
    return polib.pofile(str(request.param))


def test_every_message_is_translated(any_catalogue):
    assert [entry.msgid for entry in any_catalogue if not entry.translated() or entry.fuzzy] == []


def test_translations_keep_their_placeholders(any_catalogue):
    for entry in any_catalogue:
        said = " ".join([entry.msgid, entry.msgid_plural or ""])
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(said)), entry.msgid


def test_the_glossary_says_what_pages_say():
    """Its Chinese terms are those of the messages, wherever a term is a message by itself."""
    [chinese] = [path for path in CATALOGUES if "zh_Hans" in path.parts]
    messages = {each.msgid: each.msgstr for each in polib.pofile(str(chinese)) if not each.msgctxt}
    rows = re.findall(r"^\| ([\w -]+) \| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text(), re.M)
    known = {term: words for term, words in rows if term in messages}
    assert len(known) > 12
    assert {term: messages[term] for term in known} == known


def test_the_compiled_catalogue_is_fresh(any_catalogue):
    compiled = polib.mofile(any_catalogue.fpath.removesuffix("po") + "mo")

    def messages(file):
        return {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in file}

    assert messages(compiled) == messages(any_catalogue)


def test_makemessages_changes_nothing(catalogue, tmp_path):
    """No message of the code is missing, none is stale, and each is where the command writes it."""
    assert shutil.which("xgettext"), "gettext is not installed: apt-get install gettext"
    tree = tmp_path / "tree"
    ignore = shutil.ignore_patterns("__pycache__", "*.mo")
    for folder in ("heritage", "templates"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignore)
    for file in ("manage.py", "pyproject.toml"):  # which the settings read
        shutil.copy(ROOT / file, tree)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages"],
        cwd=tree, check=True, capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "heritage.settings"},
    )  # fmt: skip
    written = tree / Path(catalogue.fpath).relative_to(ROOT)
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue}
    asked = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(written))}
    remedy = "run `manage.py makemessages`"
    assert asked - known == set(), f"in the code only: {remedy} and translate"
    assert known - asked == set(), f"no longer in the code: {remedy}"
    same = written.read_bytes() == Path(catalogue.fpath).read_bytes()
    assert same, f"nothing to translate, but {remedy} and `manage.py compilemessages -i .venv`"


@pytest.mark.parametrize("path", REWORDED, ids=lambda path: path.parts[-3])
def test_what_is_reworded_is_said_by_django_or_allauth(path):
    """Else they have changed their words: say the new ones anew, or let them be."""
    files = [
        file
        for package in (django, allauth)
        for file in Path(package.__file__).parent.rglob("locale/zh_Hans/LC_MESSAGES/django.po")
    ]
    said = {(each.msgctxt, each.msgid) for file in files for each in polib.pofile(str(file))}
    said.add((None, "- Select an option -"))  # new, and in no catalogue yet
    ours = {(each.msgctxt, each.msgid) for each in polib.pofile(str(path))}
    assert ours - said == set()
