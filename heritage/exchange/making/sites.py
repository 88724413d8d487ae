"""World Heritage properties as sites that people visit, and how they are tied to others."""

from collections.abc import Iterable, Iterator

from django.utils.text import slugify

from heritage.exchange.making import corrections
from heritage.exchange.making.countries import place_uid
from heritage.exchange.making.entries import source_uid, uid_of
from heritage.exchange.making.facts import Property
from heritage.exchange.making.files import Index, Item, item, key, keys
from heritage.values.folding import fold

LONGEST_SLUG = 80

# The list tells what a property is by its category alone; no narrower kind is read into a name.
KINDS = {
    "cultural": ("kind-cultural-place",),
    "natural": ("kind-natural-place",),
    "mixed": ("kind-cultural-place", "kind-natural-place"),
}
CULTURAL_PLACE = item(
    "kind",
    "kind-cultural-place",
    slug="cultural-place",
    label={"en": "Cultural place", "zh-hans": "文化遗产地"},
    description={
        "en": "For a place of which only this is sure so far; a narrower kind says more.",
        "zh-hans": "用于目前只能确定至此的地点；更窄的类型更为明确。",
    },
    silhouette="default",
    order=210,
)


def site_uid(number: int) -> str:
    return f"wh-{number}"


def has_own_site(found: Property, others: Index) -> bool:
    """Whether a site is made: not for a property that another site is, nor for a superseded one.

    A superseded property's places live on in its successor, whose site speaks for them.
    """
    coverages = others.under("coverage", "designation").get(uid_of(found.number), [])
    return found.status != "superseded" and not any(
        row.get("extent", "whole") == "whole" for row in coverages
    )


def slugs(properties: Iterable[Property], kept: dict[str, str], taken: set[str]) -> dict[int, str]:
    """Slugs from the English names. One once given stays; a second bears a number."""
    taken, given, new = set(taken), {}, []
    for p in properties:
        slug = kept.get(site_uid(p.number))
        if slug and slug not in taken:
            taken.add(slug)
            given[p.number] = slug
        else:
            new.append(p)
    for p in new:
        base = _short(slugify(fold(p.names["en"])))
        slug = f"{base}-{p.number}" if base in taken else base
        taken.add(slug)
        given[p.number] = slug
    return given


def _short(slug: str) -> str:
    """Cut between two words."""
    return slug if len(slug) <= LONGEST_SLUG else slug[: LONGEST_SLUG + 1].rpartition("-")[0]


def rows(found: Property, slug: str, others: Index) -> Iterator[Item]:
    """The site of a property, that the designation covers it, and its parts among other sites."""
    yield site(found, slug, others)
    uid, owner = site_uid(found.number), uid_of(found.number)
    yield item(
        "coverage",
        f"{uid}.coverage.{owner}",
        site=key(uid),
        designation=key(owner),
        extent="whole",
        source=key(source_uid(found.source)),
    )
    for part in _parts(owner, others):
        yield item("partof", f"{part}.part-of.{uid}", part=key(part), whole=key(uid))


def site(found: Property, slug: str, others: Index) -> Item:
    source = source_uid(found.source)
    entry = others.rows["designation"].get(uid_of(found.number), {})
    located = {}
    if found.point:
        located = {
            "latitude": found.point[0],
            "longitude": found.point[1],
            "precision": "approximate",
            "point_source": key(source),
        }
    places = [place_uid(code) for code in found.states]
    return item(
        "site",
        site_uid(found.number),
        slug=slug,
        name=entry.get("name") or corrections.names(found.number, found.names),
        kinds=keys(KINDS[found.category]),
        # Of several states none comes first.
        place=key(places[0]) if len(places) == 1 else None,
        also_in=keys(places) if len(places) > 1 else [],
        sources=keys([source]),
        **located,
        state="published",
    )


def _parts(owner: str, others: Index) -> list[str]:
    """The sites that are components of a property, without those that lie in another of them."""
    components = {row["site"][0] for row in others.under("coverage", "designation").get(owner, [])}
    return sorted(
        uid
        for uid in components
        if not any(
            row["whole"][0] in components for row in others.under("partof", "part").get(uid, [])
        )
    )
