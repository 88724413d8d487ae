"""Tiles of other servers that an operator shows under the sites, instead of the base map.

They are read from the setting HERITAGE_MAP_TILES, a JSON list of at most three layers, the lowest
first. Readers without a script, and pictures, still have the base map.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

MOST = 3
# WGS 84 and China's CGCS2000 agree to centimetres; GCJ-02 is shifted by some 500 metres.
type Datum = Literal["wgs84", "cgcs2000", "gcj02"]
_DATUMS = ("wgs84", "cgcs2000", "gcj02")
_LARGEST = 18  # zoom, of 256 pixels a tile
_KEYS = {"url", "datum", "credit", "subdomains", "map_number", "largest_zoom"}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_SUBDOMAIN = re.compile(r"[a-z0-9-]{1,20}")
_BAIDU = re.compile(r"(^|\.)(baidu|bdimg|bdstatic)\.com(:|$)")
# What the datum of a layer must be, by the end of its host.
_KNOWN: dict[str, tuple[str, ...]] = {
    "tianditu.gov.cn": ("cgcs2000", "wgs84"),
    "autonavi.com": ("gcj02",),
    "amap.com": ("gcj02",),
    "gtimg.com": ("gcj02",),
    "openstreetmap.org": ("wgs84", "cgcs2000"),
}
_NOT_BAIDU = (
    "is Baidu's, whose tiles cannot be used: they follow a grid and a datum of their own (BD-09), "
    "not Web Mercator, so that every site would stand at the wrong place"
)


@dataclass(frozen=True, slots=True)
class TileLayer:
    """`url` has {x}, {y}, {z}, and {s} for one of the subdomains if there are any."""

    url: str
    datum: Datum
    credit: str
    subdomains: tuple[str, ...] = ()
    map_number: str = ""
    largest_zoom: int = _LARGEST  # closer, its tiles are enlarged

    @property
    def sources(self) -> list[str]:
        """Scheme and host of all its tiles, as a content security policy names them."""
        parts = urlsplit(self.url)
        hosts = [parts.netloc.replace("{s}", each) for each in self.subdomains or ("",)]
        return [f"{parts.scheme}://{host}" for host in hosts]


def read_layers(text: str, is_https: bool = True) -> tuple[list[TileLayer], list[str]]:
    """The layers of the setting, and what is wrong with it; if anything is wrong, no layers.

    `is_https`: the pages are read by HTTPS, so that they cannot load tiles by HTTP.
    """
    if not text.strip():
        return [], []
    try:
        rows = json.loads(text)
    except ValueError as error:
        return [], [f"It is not JSON: {error}."]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], ['It must be a list of layers: [{"url": …, "datum": …, "credit": …}].']
    problems = []
    if len(rows) > MOST:
        problems.append(f"It has {len(rows)} layers; at most {MOST} can lie on one another.")
    for number, row in enumerate(rows, 1):
        problems += [f"Layer {number} {problem}." for problem in _problems(row, is_https)]
    if len({row.get("datum") == "gcj02" for row in rows}) > 1:
        problems.append(
            "Layers in GCJ-02 and others do not fit on one another: they are some 500 metres apart."
        )
    return ([], problems) if problems else ([_layer(row) for row in rows], [])


def _layer(row: dict[str, Any]) -> TileLayer:
    return TileLayer(**row | {"subdomains": tuple(row.get("subdomains", ()))})


def _problems(row: dict[str, Any], is_https: bool) -> list[str]:
    """Each as what follows “Layer 1”."""
    found = [f"has “{key}”, which means nothing" for key in sorted(row.keys() - _KEYS)]
    texts = {key: row.get(key, "") for key in ("url", "datum", "credit", "map_number")}
    wrong = [key for key, value in texts.items() if not isinstance(value, str)]
    subdomains = row.get("subdomains", [])
    if not isinstance(subdomains, list | str) or not all(
        isinstance(each, str) and _SUBDOMAIN.fullmatch(each) for each in subdomains
    ):
        wrong.append("subdomains")
    largest = row.get("largest_zoom", _LARGEST)
    if type(largest) is not int or not 1 <= largest <= 24:
        wrong.append("largest_zoom")
    if wrong:
        return found + [f"has a value of “{key}” that cannot be used" for key in wrong]
    if not texts["credit"].strip():
        found.append("has no credit: who made its tiles must stand on the map")
    return found + _problems_of_url(texts["url"], texts["datum"], subdomains, is_https)


def _problems_of_url(
    url: str, datum: str, subdomains: list[str] | str, is_https: bool
) -> list[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ["has an address that cannot be read"]
    host = parts.netloc.replace("{s}", "s")
    if _BAIDU.search(host) or datum == "bd09":
        return [_NOT_BAIDU]
    found = []
    if datum not in _DATUMS:
        found.append(f"has no datum that is known; it is one of {', '.join(_DATUMS)}")
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host):
        return [*found, "has no address of the form https://host/path with {x}, {y} and {z}"]
    if parts.scheme == "http" and is_https:
        found.append("is loaded by http://, which browsers refuse in pages of HTTPS")
    names = re.findall(r"\{(.*?)\}", url)
    if missing := [name for name in "xyz" if name not in names]:
        found.append(f"has an address without {' and '.join(f'{{{name}}}' for name in missing)}")
    if unknown := sorted(set(names) - set("sxyz")):
        found.append(f"has {', '.join(f'{{{name}}}' for name in unknown)}, which means nothing")
    if ("{s}" in url) != bool(subdomains) or names.count("s") != parts.netloc.count("{s}"):
        found.append("needs subdomains where its host has {s}, and only there")
    if "tilematrixset=c&" in f"{url.lower()}&":
        found.append("is in degrees (TILEMATRIXSET=c); the grid of Web Mercator is wanted (w)")
    known = next((_KNOWN[end] for end in _KNOWN if f".{host}".endswith(f".{end}")), ())
    if known and datum in _DATUMS and datum not in known:
        found.append(f"is known to have the datum {known[0]}, not {datum}")
    return found
