"""A seeded catalogue of any size for measuring: plausible records at real coordinates.

    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench uv run manage.py demo --no-serve
    HERITAGE_DEMO=1 HERITAGE_DATA=/tmp/bench uv run python -m tests.bench.generate 100000

adds records until there are so many. They are written as every bulk write is, so that all that
follows from them is right; points lie near component points of World Heritage properties.
"""

import os
import random
import sys
import time

import django


def main(wanted: int, seed: int = 68) -> None:
    from django.db import connection

    from heritage.catalogue.index import store
    from heritage.models import Site

    started = time.monotonic()
    there = Site.objects.count()
    while there < wanted:
        there += add(min(CHUNK, wanted - there), random.Random(seed + there))
        rate = there / (time.monotonic() - started)
        print(f"{there} sites, {rate:.0f} a second", flush=True)
    store.save_snapshot()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{time.monotonic() - started:.0f} s")


CHUNK = 5_000
FIRST = {
    "White": "白", "Golden": "金", "Eastern": "东", "Old": "古", "Stone": "石", "Cloud": "云",
    "River": "河", "Upper": "上", "Great": "大", "Iron": "铁", "Jade": "玉", "Spring": "泉",
}  # fmt: skip
SECOND = {
    "Horse": "马", "Dragon": "龙", "Gate": "门", "Hill": "山", "Lake": "湖", "Well": "井",
    "Pine": "松", "Crane": "鹤", "Terrace": "台", "Valley": "谷", "Bridge": "桥", "Bell": "钟",
}  # fmt: skip


def add(count: int, dice: random.Random) -> int:
    """Add so many sites with kinds, places, events and coverages; gives how many."""
    from heritage.models import ComponentPoint, Coverage, Designation, Era, Event, Kind, Place, Site
    from heritage.models.changes import batch

    kinds = list(Kind.objects.filter(children=None))
    eras = list(Era.objects.order_by("first_year"))
    places = {place.code: place for place in Place.objects.exclude(code="")}
    counties = [place for place in places.values() if place.level in ("county", "province")]
    points = list(ComponentPoint.objects.values_list("latitude", "longitude", "state__code"))
    units = list(Designation.objects.values_list("pk", flat=True))
    offset = Site.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    sites, tied, events, coverages = [], [], [], []
    for number in range(offset + 1, offset + count + 1):
        latitude, longitude, state = dice.choice(points)
        kind = dice.choice(kinds)
        first, second = dice.choice(list(FIRST)), dice.choice(list(SECOND))
        label = kind.label["en"]
        local = state == "CN" and dice.random() < 0.8
        sites.append(
            Site(
                uid=f"bench-{number}",
                slug=f"bench-{number}",
                name={
                    "en": f"{first} {second} {label} {number}",
                    "zh-hans": f"{FIRST[first]}{SECOND[second]}{kind.label['zh-hans']}{number}",
                },
                summary={
                    "en": f"A {label.lower()} made up for measuring.",
                    "zh-hans": "测量用的记录。",
                },
                place=dice.choice(counties) if local else places.get(state),
                latitude=max(-90, min(90, latitude + dice.gauss(0, 0.5))),
                longitude=max(-180, min(180, longitude + dice.gauss(0, 0.5))),
                state="published",
            )
        )
        tied.append(kind)
    with batch():
        Site.objects.bulk_create(sites, batch_size=1_000)
        through = Site.kinds.through
        through.objects.bulk_create(
            [through(site=site, kind=kind) for site, kind in zip(sites, tied, strict=True)],
            batch_size=5_000,
        )
        for site in sites:
            begin = dice.randrange(len(eras))
            events.append(Event(site=site, kind="built", first_era=eras[begin]))
            if dice.random() < 0.7:
                stands = eras[min(len(eras) - 1, begin + dice.randrange(12))]
                events.append(Event(site=site, kind="fabric", first_era=stands))
            if dice.random() < 0.3:
                unit, extent = dice.choice(units), dice.choice(["whole", "component"])
                coverages.append(Coverage(site=site, designation_id=unit, extent=extent))
        Event.objects.bulk_create(events, batch_size=1_000)
        Coverage.objects.bulk_create(coverages, batch_size=1_000)
    return count


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    django.setup()
    main(int(sys.argv[1]))
