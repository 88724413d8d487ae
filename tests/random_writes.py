"""Writes made at random, of every kind and by every way that a row can be written."""

import os
from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import F

from heritage.models import (
    Coverage,
    Designation,
    DesignationEvent,
    Era,
    Event,
    Image,
    Kind,
    Notice,
    Opening,
    PartOf,
    Place,
    Register,
    RegisterTerm,
    Site,
    Source,
    WorldHeritage,
)
from tests.builders import make_kind, make_place, make_site, make_term, text
from tests.random_catalogue import DAY, PARTS, Catalogue


def rounds(number: int) -> int:
    """So many rounds of a random test, or HERITAGE_TEST_ROUNDS times as many."""
    return number * int(os.environ.get("HERITAGE_TEST_ROUNDS", "1"))


def some_site(catalogue: Catalogue) -> Site | None:
    ids = Site.objects.order_by("pk").values_list("pk", flat=True)
    ends = ids.first(), ids.last()
    if ends[0] is None:
        return None
    wanted = catalogue.dice.randint(*ends)
    return Site.objects.filter(pk__gte=wanted).order_by("pk").first()


def write(catalogue: Catalogue) -> None:
    """One write of any kind, by any way that a row can be written."""
    site = some_site(catalogue)
    if site is None or catalogue.dice.random() < 0.1:
        add_site(catalogue)
    elif catalogue.dice.random() < 0.02:
        catalogue.dice.choice(_VOCABULARY_WRITES)(catalogue)
    else:
        catalogue.dice.choice(_SITE_WRITES)(catalogue, site)


def write_if_possible(catalogue: Catalogue) -> None:
    """One write beside those of others, who may take away what it needs: it is then undone."""
    with suppress(DatabaseError, ObjectDoesNotExist):
        write(catalogue)


def add_site(catalogue: Catalogue) -> None:
    dice = catalogue.dice
    make_site(
        f"{dice.choice('abcxyz')}{dice.randint(1, 99)}",
        state=dice.choice(["published", "published", "draft"]),
        place=dice.choice([None, *catalogue.places]),
        kinds=dice.sample(catalogue.kinds, dice.randint(0, 2)),
        **catalogue.point(),
        **catalogue.texts(),
    )


def _save(catalogue, site) -> None:
    dice = catalogue.dice
    change = dice.choice(["state", "name", "texts", "point", "place"])
    if change == "state":
        site.state = dice.choice(Site.State.values)
    elif change == "name":
        site.name = text(f"{dice.choice('abcxyz')}{dice.randint(1, 99)}")
    elif change == "place":
        site.place = dice.choice([None, *catalogue.places])
    else:
        values = catalogue.texts() if change == "texts" else catalogue.point()
        for name, value in values.items():
            setattr(site, name, value)
    site.save()


def _relate(catalogue, site) -> None:
    dice = catalogue.dice
    ties = Site.kinds.through
    match dice.randint(0, 6):
        case 0:
            site.also_in.set(dice.sample(catalogue.places, dice.randint(0, 2)))
        case 1:
            site.kinds.set(dice.sample(catalogue.kinds, dice.randint(0, 2)))
        case 2:
            dice.choice(catalogue.kinds).sites.add(site)
        case 3:
            dice.choice(catalogue.kinds).sites.remove(site)
        case 4:
            pairs = [(some_site(catalogue), dice.choice(catalogue.kinds)) for _n in range(3)]
            rows = [ties(site=other, kind=kind) for other, kind in pairs]
            ties.objects.bulk_create(rows, ignore_conflicts=True)
        case 5:
            ties.objects.get_or_create(site=site, kind=dice.choice(catalogue.kinds))
        case 6:
            ties.objects.filter(kind=dice.choice(catalogue.kinds)).delete()


def _add_row(catalogue, site) -> None:
    model, make, _share = catalogue.dice.choice(PARTS)
    row = make(catalogue, site)
    if isinstance(row, Coverage) and site.coverages.filter(designation=row.designation).exists():
        return
    if catalogue.dice.random() < 0.7:
        row.save()
    else:
        model.objects.bulk_create([row])


def _drop_rows(catalogue, site) -> None:
    model = catalogue.dice.choice(PARTS)[0]
    rows = model.objects.filter(site=site)
    if catalogue.dice.random() < 0.5:
        rows.delete()
    elif row := rows.first():
        row.delete()


def _update_rows(catalogue, site) -> None:
    """By `update()`, by `bulk_update()`, or by moving rows to another site."""
    dice, other = catalogue.dice, some_site(catalogue)
    match dice.randint(0, 6):
        case 0:
            Image.objects.filter(site=site).update(published=dice.choice([True, False]))
        case 1:
            Event.objects.filter(site=site).update(site=other)
        case 2:
            Opening.objects.filter(site=site).update(checked_on=dice.choice([None, DAY]))
        case 3:
            ids = range(site.pk, site.pk + 20)
            Site.objects.filter(pk__in=ids).update(state=dice.choice(["published", "archived"]))
        case 4:
            rows = list(Event.objects.filter(site=site))
            for row in rows:
                row.kind = dice.choice(["built", "fabric", "dated"])
            Event.objects.bulk_update(rows, ["kind"])
        case 5:
            for row in Notice.objects.filter(site=site):
                row.site = other
                row.save()
        case 6:
            Site.objects.filter(pk=site.pk).update(**catalogue.point())


def _compute(catalogue, site) -> None:
    """Values that the database computes, of a site that may be blurred or partly in memory."""
    dice, moved = catalogue.dice, F("latitude") * 0.5
    rows = Site.objects.only("featured") if dice.random() < 0.5 else Site.objects.all()
    site = rows.get(pk=site.pk)
    match dice.randint(0, 3):
        case 0:
            site.latitude, site.featured = moved, dice.choice([None, 1, 2])
            site.save()
        case 1:
            Site.objects.filter(pk=site.pk).update(latitude=moved)
        case 2:
            site.latitude = moved
            Site.objects.bulk_update([site], ["latitude"])
        case 3:
            site.blur_km = dice.choice([0, 5, 20])
            site.save(update_fields=["blur_km"])


def _part(catalogue, site) -> None:
    row = catalogue.part(site)
    if row.part_id == row.whole_id:
        return
    if not PartOf.objects.filter(part=site, whole=row.whole).exists():
        row.save()
    else:
        PartOf.objects.filter(part=site).delete()


def _delete(catalogue, site) -> None:
    site.delete()


_SITE_WRITES = [
    *(_save, _save, _relate, _add_row, _add_row, _drop_rows, _update_rows, _compute, _part),
    _delete,
]


def _move_term(catalogue) -> None:
    dice = catalogue.dice
    terms = dice.choice([catalogue.kinds, catalogue.places])
    term = type(terms[0]).objects.get(pk=dice.choice(terms[4:]).pk)
    term.parent = dice.choice([None, *terms[:4]])
    term.label = text(f"Renamed {dice.random()}")
    if dice.random() < 0.5:
        term.save()
    else:
        type(term).objects.filter(pk=term.pk).update(parent=term.parent, label=term.label)


def _columns_of_terms(catalogue) -> None:
    """Any column of a term, by a save, by `update()`, or by one that changes nothing."""
    dice = catalogue.dice
    column, value = dice.choice(
        [
            ("label", text(f"Called {dice.random()}")),
            ("other_names", [f"Byname {dice.random()}"]),
            ("order", dice.randint(1, 200)),
            ("code", f"{dice.choice(['CN', 'FR'])}-{dice.randint(1, 1_000_000)}"),
            ("span", dice.choice(["0150/0180", "0260/0290"])),
            ("short_label", text(f"Short {dice.random()}")),
            ("role", dice.choice(["protection", "rating"])),
            ("rank", dice.randint(1, 200)),
        ]
    )
    for model in (Kind, Place, Era, Register):
        if column not in {field.name for field in model._meta.fields}:
            continue
        term = dice.choice(list(model.objects.order_by("pk")))
        if column == "role" and term.role not in ("protection", "rating"):
            continue
        if dice.random() < 0.5:
            setattr(term, column, value)
            term.save()
        else:
            type(term).objects.filter(pk=term.pk).update(**{column: value})
        term.save()


def _move_era(catalogue) -> None:
    era = Era.objects.get(slug="e1x")
    era.parent = catalogue.dice.choice([None, *catalogue.eras[:3]])
    era.span = catalogue.dice.choice(["0150/0180", "0260/0290"])
    if catalogue.dice.random() < 0.5:
        era.save()
    else:
        Era.objects.filter(pk=era.pk).update(parent=era.parent, span=era.span)


def _delete_term(catalogue) -> None:
    """One that sites have: what ties them to it goes with it."""
    kind = make_kind(parent=catalogue.kinds[0])
    place = make_place(parent=catalogue.places[0])
    for site in (some_site(catalogue), some_site(catalogue)):
        site.kinds.add(kind)
        site.also_in.add(place)
    Kind.objects.filter(pk=kind.pk).delete()
    Place.objects.get(pk=place.pk).delete()


def _entry(catalogue) -> None:
    """A property's or a unit's own rows: its standing, its batch, its criteria."""
    dice, entry = catalogue.dice, catalogue.dice.choice(catalogue.properties)
    match dice.randint(0, 4):
        case 0:
            kind = dice.choice(["in_danger", "delisted", "out_of_danger", "inscribed"])
            year = str(dice.randint(1988, 2020))
            DesignationEvent.objects.create(designation=entry, kind=kind, date=year)
        case 1:
            DesignationEvent.objects.filter(designation=entry).last().delete()
        case 2:
            detail = WorldHeritage.objects.get(designation=entry)
            detail.criteria.set(dice.sample(catalogue.criteria, dice.randint(0, 3)))
            detail.regions.set(dice.sample(catalogue.regions, dice.randint(0, 2)))
        case 3:
            unit = dice.choice(catalogue.units[:6])
            Designation.objects.filter(pk=unit.pk).update(batch=dice.randint(1, 4))
        case 4:
            spare = make_term(entry.register, facet="criterion")
            WorldHeritage.objects.get(designation=entry).criteria.add(spare)
            RegisterTerm.objects.get(pk=spare.pk).delete()


def _source(catalogue) -> None:
    Source.objects.filter(pk=catalogue.source.pk).update(citation=text("Another"))


_VOCABULARY_WRITES = [
    *(_move_term, _columns_of_terms, _columns_of_terms),
    *(_move_era, _delete_term, _entry, _entry, _source),
]
