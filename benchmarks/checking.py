"""Whether made-up records are what the catalogue itself would have made of them."""

import random

from django.db import transaction

from heritage.models import Coverage, Designation, Event, Site, SiteEra, SortName
from heritage.search import fulltext
from heritage.services import denormalized
from heritage.values import normalize
from heritage.values.tokens import QueryWord


def differences(count: int, seed: int = 0) -> list[str]:
    """What the catalogue's own refresh would change in so many sites, drawn at random."""
    pks = list(Site.objects.order_by("pk").values_list("pk", flat=True))
    drawn = sorted(random.Random(seed).sample(pks, min(count, len(pks))))
    entries = Coverage.objects.filter(site__in=drawn).values_list("designation_id", flat=True)
    entries = sorted(set(entries))
    with transaction.atomic():
        before = _stored(drawn, entries)
        denormalized.refresh_designations(entries)
        denormalized.refresh(drawn)
        after = _stored(drawn, entries)
        transaction.set_rollback(True)
    changed = [
        f"{key}: {before.get(key)!r} would be {after.get(key)!r}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    return changed + _own_columns(drawn) + _unfound(drawn, random.Random(seed))


def _stored(sites: list[int], entries: list[int]) -> dict[str, tuple]:
    """All that follows from rows, by table, id and column."""
    derived_columns = {
        Site: ("first_year", "inscribed_year", "search_text", "reading"),
        Event: ("first_year", "last_year"),
        SiteEra: ("site_id", "era_id", "role"),
        SortName: ("site_id", "language", "key"),
        Designation: ("standing", "listed_year"),
    }
    found = {}
    for model, columns in derived_columns.items():
        ids = entries if model is Designation else sites
        key = "pk__in" if model in (Site, Designation) else "site__in"
        for pk, *values in model.objects.filter(**{key: ids}).values_list("pk", *columns):
            for column, value in zip(columns, values, strict=True):
                found[f"{model.__name__} {pk} {column}"] = value
    return found


def _own_columns(drawn: list[int]) -> list[str]:
    """Columns that follow from their own row; only a write makes it newer."""
    others = {"updated_at", "public_changed_at", *Site.refreshed_fields}
    names = [f.attname for f in Site._meta.concrete_fields if f.name not in others]
    found = []
    for site in Site.objects.filter(pk__in=drawn):
        before = {name: getattr(site, name) for name in names}
        site.derive()
        found += [
            f"Site {site.pk} {name}: {value!r} would be {getattr(site, name)!r}"
            for name, value in before.items()
            if getattr(site, name) != value
        ]
    return found


def _unfound(drawn: list[int], dice: random.Random) -> list[str]:
    """Sites that one of their own words, drawn at random, does not find."""
    found = []
    for pk, text in Site.objects.filter(pk__in=drawn).values_list("pk", "search_text"):
        word = dice.choice(normalize.index_words(text))
        if pk not in fulltext.sites_matching(((QueryWord(word, is_prefix=False),),)):
            found.append(f"Site {pk} is not found by {word!r}")
    return found
