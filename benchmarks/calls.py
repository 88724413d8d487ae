"""How much of the catalogue's own code one page or one write passes through.

    HERITAGE_DATA=/tmp/bench/1250 HERITAGE_DEBUG=1 uv run python -m benchmarks.calls

counts, for each of some things that people do, the modules of `heritage` that are entered, the
calls of their functions and the queries. Each is done once before, and all scenes of covers are
read, so that what a process prepares once does not count; whole pages are not kept. What is
written is rolled back.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
OURS = f"{ROOT / 'heritage'}{os.sep}"
RECORD = "longmen-grottoes"  # of fixtures/henan.json; loaded again under other names
ROWS = ("heritage.name", "heritage.event")
REVISED = "Counted."


class Counted:
    """Calls of functions of `heritage` while it is entered, and the files that hold them."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.calls = 0

    def __enter__(self) -> "Counted":
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)

    def _look(self, frame, event: str, _argument: object) -> None:
        if event == "call" and (file := frame.f_code.co_filename).startswith(OURS):
            self.files.add(file)
            self.calls += 1


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext, override_settings

    print("| | modules | calls | queries |\n| --- | --- | --- | --- |")
    with override_settings(PAGES_KEPT=0, ALLOWED_HOSTS=["testserver"]), _rolled_back():
        for name, do in _done().items():
            do(0)
            with CaptureQueriesContext(connection) as queries, Counted() as counted:
                is_done = do(1)
            if not is_done():
                raise SystemExit(f"not done: {name}")
            found = len(counted.files), f"{counted.calls:,}", len(queries)
            print(f"| {name} |", " | ".join(map(str, found)), "|")


def _done() -> dict[str, Callable[[int], Callable[[], bool]]]:
    """What is done, by its name; 0 is the time before, and 1 the one that is counted.

    Each gives a function that tells whether it was done.
    """
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    from heritage.exchange import fixtures
    from heritage.media.covers import scene_files
    from heritage.models import Site
    from tests.adminforms import page_data

    reader, editor = Client(), Client()
    editor.force_login(get_user_model().objects.create_superuser("counting"))
    lists = ("/en/sites/?era=song&kind=pagoda", "/en/sites/?era=tang&kind=temple")
    sites = list(
        Site.objects.published().filter(coverages__isnull=False).distinct().order_by("pk")[:2]
    )
    forms = [reverse("admin:heritage_site_change", args=[site.pk]) for site in sites]
    sent = [page_data(editor.get(form)) | {"summary__en": [REVISED]} for form in forms]

    for name in scene_files.names():
        scene_files.scene(name)

    def read(path: str) -> Callable[[], bool]:
        response = reader.get(path)
        return lambda: response.status_code == 200

    def save(number: int) -> Callable[[], bool]:
        editor.post(forms[number], sent[number])
        return lambda: Site.objects.get(pk=sites[number].pk).summary["en"] == REVISED

    def load(number: int) -> Callable[[], bool]:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(_record(f"counted-{number}"), file)
            file.flush()
            report = fixtures.load([Path(file.name)])
        return lambda: report.created > 1

    return {
        "a list under two filters": lambda number: read(lists[number]),
        "the same list again": lambda _number: read(lists[1]),
        "a site": lambda number: read(f"/en/sites/{sites[number].slug}/"),
        "a save in the admin": save,
        "a fixture of one site": load,
    }


def _record(name: str) -> list[dict]:
    """A site with its names and events, as if it were another one."""
    found = []
    for each in json.loads((ROOT / "fixtures/henan.json").read_text(encoding="utf-8")):
        fields = each["fields"]
        if each["model"] == "heritage.site" and fields["uid"] == RECORD:
            fields["slug"] = name
        elif each["model"] in ROWS and fields["site"] == [RECORD]:
            fields["site"] = [name]
        else:
            continue
        fields["uid"] = fields["uid"].replace(RECORD, name)
        found.append(each)
    return found


@contextmanager
def _rolled_back() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
