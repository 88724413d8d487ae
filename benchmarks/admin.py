"""What pages of the admin cost: computing, queries and size, asked for by Django's test client.

    HERITAGE_DATA=/tmp/bench/100000 uv run python -m benchmarks.admin

The second of two requests as an editor, the best of `--times`. Before, a year of work is written
into the history, once: an import with a change of each site, 100,000 at most, and after it 2,000
change sets of an edit each. A save writes to the database: an edited text, an added event. All
else only reads; somebody called “bench-writer” is added.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import django

from tests.adminforms import page_data

# Addresses of the list of sites, by what they ask for; {…} are filled in from the catalogue.
LISTS = {
    "list of sites": "",
    "its 40th page": "p={fortieth}",
    "its last page": "p={last}",
    "by name": "o=1",
    "by name, backwards, 40th page": "o=-1&p={fortieth}",
    "by beginnings": "o=3",
    "by World Heritage": "o=-4",
    "by last change, oldest first": "o=5",
    "published": "state__exact=published",
    "drafts": "state__exact=draft",
    "added by me": "by=me",
    "without a picture": "lacks=picture",
    "without an event": "lacks=events",
    "without a kind": "lacks=kinds",
    "perhaps twice": "doubt=twice",
    "of a kind": "kind={kind}",
    "of a place": "place={place}",
    "of an era": "era={era}",
    "on the World Heritage List": "unesco=inscribed",
    "in a register": "register={register}",
    "on the home page": "featured__isempty=0",
    "not on the home page": "featured__isempty=1",
    "of a kind and a place, by name": "kind={kind}&place={place}&o=1",
    "published, without a picture, by name": "state__exact=published&lacks=picture&o=1",
    "search: temple": "q=temple",
    "search: temple, by name": "q=temple&o=1",
    "search: 寺": "q=寺",
    "search: 1003": "q=1003",
    "search: nothing found": "q=zzzzqqq",
    "search and filters": "q=temple&place={place}&state__exact=published&o=1",
}


IMPORTED, EDITS = 100_000, 2_000


@dataclass
class Cost:
    milliseconds: float
    queries: int
    kilobytes: float


def measured(prepare: Callable, times: int) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    prepare()()
    costs = []
    for _time in range(times):
        ask = prepare()
        with CaptureQueriesContext(connection) as queries:
            started = time.process_time()
            response = ask()
            spent = (time.process_time() - started) * 1000
        costs.append(Cost(spent, len(queries), len(response.content) / 1024))
    return min(costs, key=lambda cost: cost.milliseconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    os.environ.setdefault("HERITAGE_DEBUG", "1")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    write_history()
    print("| page of the admin | computing, ms | queries | kB |\n| --- | --- | --- | --- |")
    for name, prepare in pages().items():
        if options.only in name:
            cost = measured(prepare, options.times)
            print(
                f"| {name} | {cost.milliseconds:.0f} | {cost.queries} | {cost.kilobytes:.0f} |",
                flush=True,
            )


def write_history() -> None:
    """A year of work, past the write path: rows that nobody but the history's own pages reads."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    from heritage.models import Change, ChangeSet, Site

    words = "Written for the benchmark"
    if ChangeSet.objects.filter(reason=words).exists():
        return
    model = ContentType.objects.get_for_model(Site)
    sites = list(Site.objects.order_by("pk").values_list("pk", flat=True)[:IMPORTED])

    def change(made: ChangeSet, pk: int, before: dict | None) -> Change:
        after = {"summary": {"en": f"As of change set {made.pk}."}}
        row = {"model": model, "object_id": pk, "owner_model": model, "owner_id": pk}
        return Change(change_set=made, before=before, after=after, **row)

    imported = ChangeSet.objects.create(kind="import", reason=words)
    Change.objects.bulk_create((change(imported, pk, None) for pk in sites), batch_size=1_000)
    edits = [ChangeSet.objects.create(kind="edit") for _number in range(EDITS)]
    before = {"summary": {"en": "As it was."}}
    rows = (change(made, sites[n % len(sites)], before) for n, made in enumerate(edits))
    Change.objects.bulk_create(rows, batch_size=1_000)
    with connection.cursor() as cursor:  # as a database does by itself after so many rows
        for table in ("heritage_change", "heritage_changeset", "heritage_site"):
            cursor.execute(f"ANALYZE {table}")


def pages() -> dict[str, Callable]:
    """Name → what gets ready for it and gives what asks for it."""
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.urls import reverse

    from heritage.models import Site, User
    from heritage.search import store

    editor, _is_new = User.objects.get_or_create(
        username="bench-writer", defaults={"is_staff": True}
    )
    editor.groups.add(Group.objects.get(name="editor"))
    client = Client()
    client.force_login(editor)
    index = store.current()
    site = Site.objects.get(pk=index.sites[len(index.sites) // 2])
    filled = {name: _most_used(index, name) for name in ("kind", "place", "era")}
    last = -(-len(index.sites) // 50)
    filled |= {"register": "whl", "last": last, "fortieth": min(40, last)}
    listed = reverse("admin:heritage_site_changelist")
    form = reverse("admin:heritage_site_change", args=[site.pk])
    history = reverse("admin:heritage_changeset_changelist")
    addresses = {"desk": reverse("admin:index"), "list of change sets": history}
    addresses |= {name: f"{listed}?{query.format(**filled)}" for name, query in LISTS.items()}
    addresses |= {"form of a new site": reverse("admin:heritage_site_add"), "form of a site": form}
    asked = {name: _getting(client, address) for name, address in addresses.items()}
    changes = {"unchanged": _nothing, "one text": _other_text, "an added event": _other_event}
    saves = {f"save: {name}": _saving(client, form, change) for name, change in changes.items()}
    return asked | saves


def _most_used(index, facet: str) -> str:
    sites_by_value = index.sites_by_value(facet)
    return max(sites_by_value, key=lambda value: len(sites_by_value[value]))


def _getting(client, address: str) -> Callable:
    def ask():
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status_code}")
        return response

    return lambda: ask


def _saving(client, address: str, change: Callable) -> Callable:
    def prepare():
        data = change(page_data(client.get(address)))

        def ask():
            response = client.post(address, data)
            if response.status_code != 302:
                raise SystemExit(f"{address}: {response.status_code}")
            return response

        return ask

    return prepare


def _nothing(data: dict) -> dict:
    return data


def _other_text(data: dict) -> dict:
    return data | {"summary__en": [f"Written at {time.time()}."]}


def _other_event(data: dict) -> dict:
    number = int(data["events-TOTAL_FORMS"][0])
    row = {"kind": "repaired", "certainty": "certain", "date": f"{1000 + number:04}"}
    data["events-TOTAL_FORMS"] = [str(number + 1)]
    return data | {f"events-{number}-{name}": value for name, value in row.items()}


if __name__ == "__main__":
    main()
