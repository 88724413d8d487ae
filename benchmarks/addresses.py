"""Which pages are measured: the same address again and again, and seeded ones that vary.

`known` is what a catalogue says of itself at /bench/known/.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.wording import SHARES

PER_PAGE = 24
SITEMAP_BLOCK = 2_000
HALF, HUNDREDTH = SHARES["half"][0], SHARES["hundredth"][0]
Vary = Callable[["Drawer"], str]


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page: one fixed address, and how to draw others of its kind."""

    name: str
    same: str
    vary: Vary
    needs: tuple[str, ...] = ()  # filters without which the address means something else


class Drawer:
    """Draws addresses; the same seed draws the same ones from the same catalogue."""

    def __init__(self, known: dict, seed: str):
        self.known, self.dice = known, random.Random(seed)
        self.last = -(-known["total"] // PER_PAGE)

    def language(self) -> str:
        return self.dice.choice(["en", "zh-hans"])

    def browse(self, **query) -> str:
        asked = {name: value for name, value in query.items() if value is not None}
        address = f"/{self.language()}/sites/"
        return f"{address}?{urlencode(asked)}" if asked else address

    def facets(self, count: int) -> dict[str, str]:
        terms = {name: values for name, values in self.known["terms"].items() if values}
        names = self.dice.sample(sorted(terms), min(count, len(terms)))
        return {name: self.dice.choice(terms[name]) for name in names}

    def span(self) -> dict[str, str]:
        first = self.dice.randint(-1500, 1800)
        west, south = self.dice.randint(-170, 150), self.dice.randint(-60, 60)
        width, height = self.dice.randint(2, 60), self.dice.randint(2, 40)
        box = (west, south, min(180, west + width), min(85, south + height))
        last = first + self.dice.randint(50, 900)
        years = {"from": first or 1, "to": last or 1}
        return {**years, "bbox": ",".join(map(str, box))}

    def surroundings(self) -> dict[str, str]:
        """Near a point in China: few enough sites for a file that is made at once."""
        north, east = self.dice.uniform(24, 40), self.dice.uniform(104, 119)
        return {"near": f"{north:.2f},{east:.2f}", "within": "25"}

    def tile(self) -> str:
        """Of the base map, near China, where most of it is land."""
        zoom = self.dice.randint(6, 8)
        x, y = (self.dice.randint(50, 54), self.dice.randint(24, 28))  # at zoom 6
        x, y = (part << zoom - 6 | self.dice.getrandbits(zoom - 6) for part in (x, y))
        return f"/map/any/{self.dice.choice(['en', 'zh'])}/{zoom}/{x}/{y}.svg"

    def years(self) -> str:
        first = self.dice.randint(1, 1500)
        return f"{first}..{first + self.dice.randint(50, 500)}"

    def place(self) -> str:
        """Where a map is looked at: latitude, longitude and zoom."""
        latitude, longitude = self.dice.uniform(-40, 60), self.dice.uniform(-170, 170)
        return f"{latitude:.2f},{longitude:.2f},{self.dice.randint(1, 9)}"

    def words(self) -> str:
        """What people type: a name or a part of it, in English or in Chinese."""
        name = self.dice.choice(self.known["names"])
        if self.dice.random() < 0.4:
            han = name.get("zh-hans", "")
            length = self.dice.randint(2, max(2, len(han)))
            return han[: length if self.dice.random() < 0.7 else 2] or "寺"
        parts = name.get("en", "Temple").split()
        return " ".join(parts[: self.dice.randint(1, len(parts))])

    def beginning(self) -> str:
        text = self.words()
        return text[: self.dice.randint(1, 5)]

    def slug(self) -> str:
        return self.dice.choice(self.known["slugs"])


def pages(known: dict) -> list[Page]:
    """Those of one table, the floor and the plain page first."""
    last = -(-known["total"] // PER_PAGE)
    years = ("from", "to", "bbox")
    some = known["slugs"][len(known["slugs"]) // 2]

    def plain(drawer: Drawer) -> str:
        asked = drawer.facets(1)
        asked.pop("unesco", None)
        return f"/bench/plain/?{urlencode(asked)}"

    return [
        Page("constant view", "/bench/constant/", lambda d: f"/bench/constant/?{d.dice.random()}"),
        Page("plain `GROUP BY` page", "/bench/plain/", plain),
        Page("browse", "/en/sites/", lambda d: d.browse(page=d.dice.randint(2, max(2, d.last)))),
        Page("one facet", "/en/sites/?era=tang", lambda d: d.browse(**d.facets(1))),
        Page(
            "three facets",
            "/en/sites/?era=tang&place=henan&unesco=none",
            lambda d: d.browse(**d.facets(3)),
        ),
        Page(
            "years and box",
            "/en/sites/?from=618&to=907&bbox=105,30,118,40",
            lambda d: d.browse(**d.span()),
            needs=years,
        ),
        Page(
            "text (1 %) and facet",
            f"/en/sites/?q={HUNDREDTH}&place=china",
            lambda d: d.browse(q=HUNDREDTH, **d.facets(1)),
        ),
        Page(
            "text (50 %)",
            f"/en/sites/?q={HALF}",
            lambda d: d.browse(q=HALF, page=d.dice.randint(2, max(2, d.last // 3))),
        ),
        Page(
            "text (what people type)",
            "/en/sites/?q=white+temple",
            lambda d: d.browse(q=d.words()),
        ),
        Page(
            "last page",
            f"/en/sites/?page={last}",
            lambda d: d.browse(
                sort=d.dice.choice(["name", "oldest", "recent"]),
                page=d.last - d.dice.randrange(min(50, d.last)),
            ),
        ),
        Page(
            "suggestion",
            "/en/suggest/?q=ba",
            lambda d: f"/{d.language()}/suggest/?{urlencode({'q': d.beginning()})}",
        ),
        Page(
            "map",
            "/en/sites/?view=map",
            lambda d: d.browse(view="map", at=d.place(), **d.facets(1)),
        ),
        Page("map tile", "/map/any/en/6/52/25.svg", Drawer.tile),
        Page(
            "timeline",
            "/en/sites/?view=timeline",
            lambda d: d.browse(view="timeline", at=d.years(), **d.facets(1)),
        ),
        Page(
            "map moved",
            "/en/sites/map.json?at=34.6,112.4,6&size=814x594",
            lambda d: next(pan(d.known, str(d.dice.random()), 1)),
        ),
        Page(
            "year",
            "/en/year/676/",
            lambda d: f"/{d.language()}/year/{d.dice.randint(1, 2000)}/",
        ),
        Page("World Heritage", "/en/world-heritage/", lambda d: f"/{d.language()}/world-heritage/"),
        Page("sitemap", "/sitemap.xml", lambda d: f"/sitemap.xml?{d.dice.random()}"),
        Page(
            "sitemap of sites",
            "/sitemaps/en/sites-0.xml",
            lambda d: f"/sitemaps/{d.language()}/sites-{d.dice.randrange(block_count(d))}.xml",
        ),
        Page(
            "list as CSV",
            "/en/sites.csv?near=34.7,112.4&within=25",
            lambda d: f"/{d.language()}/sites.csv?{urlencode(d.surroundings())}",
            needs=("near", "within"),
        ),
        Page(
            "feed of a list",
            "/en/sites/feed.atom?era=tang",
            lambda d: f"/{d.language()}/sites/feed.atom?{urlencode(d.facets(1))}",
        ),
        Page("site page", f"/en/sites/{some}/", lambda d: f"/{d.language()}/sites/{d.slug()}/"),
    ]


def block_count(drawer: Drawer) -> int:
    """Files of the sitemap that are whole."""
    return max(1, drawer.known["total"] // SITEMAP_BLOCK)


def missing(page: Page, known: dict) -> list[str]:
    """Filters that a page needs and the catalogue has not."""
    return [name for name in page.needs if name not in known["filters"]]


def pan(known: dict, seed: str, steps: int) -> Iterator[str]:
    """What the script of a map asks for as readers move it: a third of the steps zoom, and every
    twentieth sets another filter somewhere else."""
    drawer = Drawer(known, seed)
    dice = drawer.dice
    for step in range(steps):
        if step % 20 == 0:
            language, asked = drawer.language(), drawer.facets(dice.randint(0, 2))
            latitude, longitude, zoom = map(float, drawer.place().split(","))
        elif dice.random() < 0.33:
            zoom = min(13, max(1, zoom + dice.choice([-1, 1])))
        else:
            across = 240 / 2**zoom
            latitude = min(80, max(-80, latitude + dice.uniform(-across, across)))
            longitude = (longitude + dice.uniform(-across, across) + 180) % 360 - 180
        at = f"{latitude:.4f},{longitude:.4f},{zoom:.0f}"
        yield f"/{language}/sites/map.json?{urlencode(asked | {'at': at, 'size': '814x594'})}"


def walk(known: dict, seed: str, steps: int) -> Iterator[str]:
    """What visitors do: 12 % search, half choose facets, others turn pages and read."""
    drawer = Drawer(known, seed)
    dice = drawer.dice
    for _step in range(steps):
        chance = dice.random()
        if chance < 0.12:
            yield drawer.browse(q=drawer.words(), **(drawer.facets(1) if chance < 0.04 else {}))
        elif chance < 0.60:
            yield drawer.browse(**drawer.facets(dice.randint(1, 3)))
        elif chance < 0.72:
            yield drawer.browse(page=dice.randint(2, max(2, drawer.last)))
        else:
            yield f"/{drawer.language()}/sites/{drawer.slug()}/"
