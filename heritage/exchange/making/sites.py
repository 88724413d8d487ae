"""World Heritage properties as sites that people visit, and how they are tied to others."""

from collections.abc import Iterable, Iterator

from django.utils.text import slugify

from heritage.exchange.making import chinese_names, corrections
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
        "en": "Cultural sites not yet classified.",
        "zh-hans": "尚未细分类型的文化遗产地。",
    },
    silhouette="default",
    order=210,
)

# Places of suffering and memory, wholly so: no scene is drawn for them.
MEMORIALS = frozenset({
    26,  # Gorée
    31,  # Auschwitz Birkenau
    34,  # forts and castles of Ghana, with the dungeons of the slave trade
    558,  # Skogskyrkogården
    761,  # Kunta Kinteh Island
    775,  # Hiroshima Peace Memorial
    916,  # Robben Island
    1227,  # Aapravasi Ghat
    1259,  # Le Morne
    1306,  # Australian convict sites
    1339,  # Bikini Atoll
    1473,  # Târgu Jiu
    1548,  # Valongo Wharf
    1567,  # cemeteries of the Western Front
    1586,  # memorials of the genocide in Rwanda
    1681,  # ESMA
    1748,  # Cambodian memorial sites
})  # fmt: skip


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
    yield from names(found)
    for part in _parts(owner, others):
        yield item("partof", f"{part}.part-of.{uid}", part=key(part), whole=key(uid))


def names(found: Property) -> Iterator[Item]:
    """The Chinese name in pinyin, and the one of the official file where another is shown."""
    uid = site_uid(found.number)
    if found.number in chinese_names.PINYIN:
        yield item(
            "name",
            f"{uid}.name.zh-latn-pinyin",
            site=key(uid),
            kind="romanised",
            language="zh-latn-pinyin",
            text=chinese_names.PINYIN[found.number],
        )
    if other := corrections.other_name(found.number, found.names):
        yield item(
            "name",
            f"{uid}.name.official",
            site=key(uid),
            kind="alternative",
            language="zh-hans",
            text=other,
            source=key(source_uid(found.source)),
        )


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
        **({"cover": "plain"} if found.number in MEMORIALS else {}),
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
