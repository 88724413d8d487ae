"""Upgrades the database that the settings name, and tells what became of it.

As JSON on the last line. Run by a process of its own: `python -m tests.releases.upgrade FOLDER`,
FOLDER being that of the release.
"""

import json
import lzma
import os
import sys
from pathlib import Path


def main(folder: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "reindex", "check_catalogue"):
        call_command(command, verbosity=0)
    report = {"pages": compared(folder), "undone": undone(), "left": left()}
    call_command("check_catalogue")
    sys.stdout.write(json.dumps(report) + "\n")


def compared(folder: Path) -> dict:
    """How many pages were asked for, and what those that differ do not say any more."""
    from django.test import Client

    from heritage.management.page_facts import PageFacts, differences, read

    expected = json.loads(lzma.decompress((folder / "pages.json.xz").read_bytes()))
    client, found = Client(headers={"host": "localhost"}), {}
    for path, lists in expected.items():
        response = client.get(path)
        page = read(path, response.status_code, response.content.decode())
        found[path] = differences(PageFacts.of_lists(lists), page)
    return {"count": len(found), "differ": {path: words for path, words in found.items() if words}}


def undone() -> dict:
    """The editor's change sets, undone from the last to the first: conflicts by reason."""
    from heritage.models import ChangeSet
    from heritage.services.undo import undo

    edits = ChangeSet.objects.filter(kind="edit", user__username="li").order_by("-pk")
    found = {}
    for edit in list(edits):
        result = undo(edit)
        found[edit.reason] = [str(each) for each in result.conflicts]
    return found


def left() -> dict:
    """What the records say after that."""
    from django.test import Client

    from heritage.models import Change, Correction, Image, Name, Site

    client = Client(headers={"host": "localhost"})
    longmen = Site.objects.get(uid="longmen-grottoes")
    first = Change.objects.filter(
        object_id=longmen.pk, model__model="site", before__has_key="summary", after__isnull=False
    ).earliest("pk")
    page = client.get("/en/sites/longmen-grottoes/").content.decode()
    return {
        "summary": dict(longmen.summary) == first.before["summary"],
        "named": "editor" in page,
        "names": Name.objects.filter(text__contains="editor").count(),
        "images": Image.objects.count(),
        "own": client.get("/en/sites/own-pavilion/").status_code,
        "address": Site.objects.get(uid="white-horse-temple").slug,
        "former": client.get("/en/sites/temple-of-the-white-horse/").status_code,
        "draft": Site.objects.get(uid="draft").state,
        "correction": Correction.objects.get().text,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
