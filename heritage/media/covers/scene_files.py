"""The scenes of covers: one SVG file each, drawn by hand in classes instead of colours.

A designer adds a file to `scenes/`, or a plant to `scenes/plants/`; docs/covers.md tells how.
`python -m heritage.media.covers.scene_files FILE …` says what is wrong with files, and without a
file what is wrong with those that are here.

A seed decides which of several colour palettes (sky, three washes of hills, ink and accent) and
plants a cover has.

The address of a cover holds its tag, a digest of what is drawn and of the files that say how:
covers with equal tags are equal. A browser may therefore store a cover forever, and a release that
draws differently has other addresses, even if no record was written.
"""

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from heritage.values import svg_paths


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb, named for what they paint.

    `sky` to `mist` is the paper from top to horizon; `far`, `mid`, `near` the hills, from pale to
    strong; `ground` what the building stands on; `ink` and `wash` its dark and its half tone;
    `light` what is left bare on it; `accent` columns, blossom, sails; `disc` the sun, or the moon
    when `night` is true.
    """

    sky: str
    mist: str
    far: str
    mid: str
    near: str
    ground: str
    water: str
    ink: str
    wash: str
    light: str
    accent: str
    disc: str
    seal: str = "#b5301f"
    night: bool = False


PALETTES: dict[str, Palette] = {
    # Pine soot on old paper, and one red sun.
    "ink": Palette(
        sky="#e6d9bd", mist="#f8f1e0", far="#b1bfb6", mid="#74949a", near="#3d6271",
        ground="#2b4a58", water="#c0cfc6", ink="#14222b", wash="#4a6b77", light="#f6eedb",
        accent="#b2402d", disc="#cf4a33",
    ),
    # The glaze of Longquan and Ru.
    "celadon": Palette(
        sky="#c9ddcd", mist="#f5f2df", far="#a8cdb9", mid="#6ba791", near="#3c7c6c",
        ground="#2b6155", water="#b3d6c8", ink="#123029", wash="#4c8272", light="#f6f2dd",
        accent="#c4633c", disc="#f0b062",
    ),
    # Vermilion walls at sunset.
    "cinnabar": Palette(
        sky="#eeb48c", mist="#fdecd2", far="#e6a283", mid="#cc6b50", near="#973f35",
        ground="#7a2e2a", water="#f0c3a0", ink="#33110f", wash="#8f4034", light="#fdeed6",
        accent="#c9361f", disc="#c9301c", seal="#8f1d14",
    ),
    # Loess, and the dust above it.
    "ochre": Palette(
        sky="#eccb8a", mist="#fcf2d8", far="#e3bf80", mid="#c8954f", near="#996633",
        ground="#7c4f27", water="#d9cda0", ink="#34200f", wash="#8a6236", light="#fcf1d6",
        accent="#b4472a", disc="#dd6430",
    ),
    # Malachite and azurite on silk: the blue-and-green manner.
    "jade": Palette(
        sky="#d6b878", mist="#f4e6bf", far="#9dc0a0", mid="#3d9a86", near="#1c6f80",
        ground="#175a5e", water="#9fcbb5", ink="#0c2b31", wash="#3a7c78", light="#f9edca",
        accent="#c2512e", disc="#d9582f",
    ),
    # A clear night.
    "indigo": Palette(
        sky="#101d44", mist="#6f86b6", far="#536ea6", mid="#35508a", near="#20366b",
        ground="#172953", water="#3f5b95", ink="#081027", wash="#2c4278", light="#f3dca0",
        accent="#d9813f", disc="#f8ebc1", seal="#c23a26", night=True,
    ),
    # Rose over lilac, before the sun has cleared the hills.
    "dawn": Palette(
        sky="#8fabd0", mist="#fde0ca", far="#d2aebf", mid="#9b7fa8", near="#625a8c",
        ground="#4b4576", water="#e2bfc4", ink="#231f40", wash="#6d5f90", light="#fdeada",
        accent="#d9604a", disc="#f27a58",
    ),
    # Red maples under a cool sky.
    "autumn": Palette(
        sky="#a9cbcb", mist="#fbeccb", far="#b5c3a8", mid="#d99a4e", near="#b4552f",
        ground="#8a3b27", water="#b7d0c6", ink="#2d1815", wash="#8e4a33", light="#fcefd0",
        accent="#c8381f", disc="#f5d27f",
    ),
    # Ultramarine and gold leaf.
    "lapis": Palette(
        sky="#8db4e0", mist="#f7eed6", far="#96b7de", mid="#4f80c2", near="#25539c",
        ground="#1c4180", water="#a9c8e6", ink="#0b1c40", wash="#3c63a0", light="#f9efd2",
        accent="#d08a2c", disc="#edbb4d",
    ),
    # Verdigris on an old vessel.
    "bronze": Palette(
        sky="#d8be86", mist="#f6ebcc", far="#b7bd91", mid="#74977f", near="#47705f",
        ground="#5b4a2a", water="#c3cda8", ink="#241c10", wash="#6d5b34", light="#f7ebc8",
        accent="#a9522b", disc="#c98a34",
    ),
    # Plum blossom in the snow.
    "plum": Palette(
        sky="#d7a9b8", mist="#fdeee6", far="#d9b3c4", mid="#a9708f", near="#71426b",
        ground="#593257", water="#e8cad2", ink="#2b1230", wash="#7d4b72", light="#fdefe8",
        accent="#cf3d54", disc="#fbe3b4",
    ),
    # Snow light: a winter morning, blue in the shade.
    "snow": Palette(
        sky="#9fc3d6", mist="#fbf6ea", far="#c6dde4", mid="#8db7c8", near="#4f87a0",
        ground="#356d86", water="#cfe4e6", ink="#10303f", wash="#4d7f93", light="#fdf8ec",
        accent="#c4452f", disc="#e8694a",
    ),
}  # fmt: skip

# What else the colours of an era may be, so that the sites of one are not all alike.
_RELATED = {
    "ink": ("celadon", "bronze"),
    "celadon": ("jade", "ink"),
    "cinnabar": ("ochre", "autumn"),
    "ochre": ("cinnabar", "bronze"),
    "jade": ("celadon", "lapis"),
    "indigo": ("lapis", "dawn"),
    "dawn": ("plum", "lapis"),
    "autumn": ("cinnabar", "ochre"),
    "lapis": ("snow", "indigo"),
    "bronze": ("ochre", "ink"),
    "plum": ("dawn", "cinnabar"),
    "snow": ("lapis", "celadon"),
}
# The light of a latitude, from which on it is so.
_LIGHTS = (
    (50, ("snow", "lapis", "indigo", "dawn", "plum", "autumn", "celadon")),
    (33, ("celadon", "autumn", "lapis", "ink", "plum", "dawn", "indigo", "bronze")),
    (18, ("ochre", "dawn", "bronze", "cinnabar", "indigo", "autumn", "lapis")),
    (0, ("jade", "celadon", "cinnabar", "ochre", "dawn", "bronze", "indigo")),
)


def palettes_around(palette: str) -> tuple[str, ...]:
    """A palette, and those that may stand in for it, to choose from: half the time it is itself."""
    related = _RELATED.get(palette)
    return (palette, palette, *related) if related else ()


def palettes_of_latitude(latitude: float | None) -> tuple[str, ...]:
    """The palettes that have the light of a latitude."""
    if latitude is not None:
        for least, names in _LIGHTS:
            if abs(latitude) >= least:
                return names
    return ()


_MASK = (1 << 64) - 1


def number_of(*texts: str) -> int:
    """A 64-bit number that follows from texts."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8])


class Dice:
    """Numbers from a seed: the same ones on every machine and in every Python (SplitMix64)."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def unit(self) -> float:
        """The next number, at least 0 and less than 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def integer(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def pick[T](self, choices: Sequence[T]) -> T:
        return choices[self.integer(0, len(choices) - 1)]


# Grows nearly anywhere that trees and rivers are.
_ANYWHERE = ("leafy", "reeds")
# Plants, and the codes of countries; what a latitude forbids stands in _BOUNDS.
FLORAS = (
    ("pine blossom bamboo birch leafy", "CN"),
    ("pine blossom bamboo leafy", "JP KR KP"),
    ("palm bamboo pine leafy", "TW HK MO"),
    ("palm bamboo leafy", "BD BN BT ID KH LA LK MM MY NP PH PG SG TH TL VN IN"),
    ("palm leafy", "BB BS BZ CU CR DM DO FJ FM GD GY HN HT JM KI KN LC MH MU MV NI NR PA PW SB SC"
                   " SR SV GT ST TO TT TV VC VU WS AG CV NU CK KM BR CO VE EC PE BO"),
    ("cactus palm leafy", "MX"),
    ("fir birch leafy", "CA NO SE FI EE LV LT RU BY IS PL UA"),
    ("birch leafy", "GB IE DK NL BE DE CZ SK HU AT CH LU LI MD"),
    ("fir leafy", "US RO BA GE AM"),
    ("cypress leafy", "FR IT ES PT GR HR AL ME MK RS BG SI TR CY MT AD SM VA MC"),
    ("cypress palm leafy", "IL PS LB SY JO IR IQ"),
    ("palm acacia", "EG LY TN DZ MA SA AE OM QA BH KW YE SD MR"),
    ("acacia leafy", "KE TZ UG ET ER SO DJ ZM ZW BW NA ZA LS SZ MZ MW AO SS RW BI"),
    ("acacia baobab", "SN ML BF NE TD GM"),
    ("palm leafy", "GH TG BJ NG CI CM GA CG CD CF GN GW SL LR GQ"),
    ("palm baobab leafy", "MG"),
    ("eucalyptus", "AU"),
    ("birch leafy", "KZ KG MN"),
    ("leafy", "UZ TM TJ AF PK AZ CL AR UY PY NZ"),
)  # fmt: skip
# Between which degrees from the equator a plant grows.
_BOUNDS = {
    "palm": (0, 36), "bamboo": (0, 38), "birch": (40, 72), "fir": (38, 70), "blossom": (22, 42),
    "cypress": (28, 46), "baobab": (0, 24), "acacia": (0, 34), "cactus": (0, 35), "leafy": (0, 66),
    "reeds": (0, 66), "pine": (20, 60), "eucalyptus": (10, 44),
}  # fmt: skip
_BY_COUNTRY = {code: plants.split() for plants, codes in FLORAS for code in codes.split()}


def plants_of(country: str, latitude: float | None) -> tuple[str, ...]:
    """Names of plants, by the code of a country; none where nothing is sure to grow."""
    known = _BY_COUNTRY.get(country, _ANYWHERE)
    if latitude is None:
        return tuple(plant for plant in known if plant in _ANYWHERE)
    return tuple(
        plant for plant in known if _BOUNDS[plant][0] <= abs(latitude) <= _BOUNDS[plant][1]
    )


FOLDER = Path(__file__).parent / "scenes"
PLANTS = (
    "pine", "leafy", "palm", "blossom", "reeds", "cypress", "acacia", "cactus", "birch", "fir",
    "bamboo", "baobab", "eucalyptus",
)  # fmt: skip
GROUNDS = ("land", "bank", "river", "sea", "none")
LONGEST = 7400  # bytes of a file

_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = '@import "scene.css";'
# Language of a title: its tag, what it begins with.
_TITLES = {"en": ("en", "Drawing: "), "zh-hans": ("zh-Hans", "绘画：")}
_COLOURS = frozenset(field.name for field in fields(Palette)) - {"night"}
_CLASSES = _COLOURS | {f"{colour}-line" for colour in _COLOURS}
_DRAWN = frozenset(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon"])
_ELEMENTS = _DRAWN | {"g", "use", "defs"}
_ATTRIBUTES = {
    "d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "cx", "cy", "r", "rx", "ry", "points",
    "class", "opacity", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray",
    "fill-rule", "transform", "id", "href", "data-pick", "data-maybe",
}  # fmt: skip
_ROOT = {
    "viewBox", "data-ground", "data-hills", "data-near", "data-turn", "data-plants",
    "data-palettes",
}  # fmt: skip
_BOX = {"scene": "-600 -610 1200 800", "plant": "-150 -400 300 420"}
_VALUE = re.compile(r"[\w\s.,#()+-]*", re.ASCII)
# Path data that browsers draw to its end: after each command as many numbers as it takes, once or
# more often. A number that was read is not divided (`++`), so that 6014 is not 60 and 14.
_N = r"[\s,]*[-+]?(?:\d++(?:\.\d*+)?|\.\d++)"
_PATH = re.compile(
    rf"\s*[Mm](?:{_N}{_N})++(?:[MmLlTt](?:{_N}{_N})++|[HhVv](?:{_N})++|[QqSs](?:{_N * 4})++|"
    rf"[Cc](?:{_N * 6})++|[Aa](?:{_N * 3}[\s,]*[01][\s,]*[01]{_N}{_N})++|[Zz]|\s)*+"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Several parts of a drawing, of which one is drawn."""

    options: tuple["Body", ...]


# Markup with `{ink}` for each colour and `{id}` before each id, and choices between.
Body = tuple[str | Choice, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing with what it asks of its surroundings, see docs/covers.md."""

    name: str = ""
    body: Body = ()
    titles: Mapping[str, str] | None = None  # by language: what is seen
    ground: str = "land"
    hills: float = 1.0
    near: bool = True
    turns: bool = True
    plants: tuple[str, ...] = ()
    palettes: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        titles = self.titles or {}
        return titles.get(language) or titles.get("en", "")


# Hills, sky and something that grows: where no scene is asked for.
LANDSCAPE = Scene()


@cache
def names() -> tuple[str, ...]:
    """The names of all scenes, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))


@cache
def scene(name: str) -> Scene:
    """A scene by its name. Raises LookupError where there is none."""
    if name not in names():
        raise LookupError(name)
    return parsed(text_of(name), name)


@cache
def plant(name: str) -> Body:
    return _body(ElementTree.fromstring(text_of(f"plants/{name}")))  # noqa: S314 - ours


@cache  # so that a drawing and its tag come from the same text
def text_of(name: str) -> str:
    """The text of the file of a scene, or of a plant such as `plants/pine`."""
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def parsed(text: str, name: str = "") -> Scene:
    """The scene in the text of a file that has no problems()."""
    root = ElementTree.fromstring(text)  # noqa: S314 - ours
    return Scene(
        name,
        _body(root),
        {
            language: title.text or ""
            for language, (tag, _start) in _TITLES.items()
            for title in root.iter(f"{_SVG}title")
            if title.get("lang") == tag
        },
        root.get("data-ground", "land"),
        float(root.get("data-hills", "1")),
        root.get("data-near") != "no",
        root.get("data-turn") != "no",
        tuple(root.get("data-plants", "").split()),
        tuple(root.get("data-palettes", "").split()),
    )


def drawn(body: Body, dice: Dice) -> str:
    """The markup of a body, in which dice have made each choice."""
    return "".join(
        part if isinstance(part, str) else drawn(dice.pick(part.options), dice) for part in body
    )


# --- reading -----------------------------------------------------------------------------------


def _body(root: Element) -> Body:
    _shorten_ids(root)
    return _joined([part for child in root for part in _parts(child, False)])


def _shorten_ids(root: Element) -> None:
    """They are for who draws; each cover has them many times."""
    named = [element for element in root.iter() if element.get("id")]
    short = {str(element.get("id")): f"{number:x}" for number, element in enumerate(named)}
    for element in root.iter():
        if own := element.get("id"):
            element.set("id", short[own])
        if target := element.get("href"):
            element.set("href", f"#{short.get(target[1:], target[1:])}")


def _parts(element: Element, is_filled: bool) -> list[str | Choice]:
    """`is_filled`: what it lies in gives it a fill, or may do so; else it has none in any case."""
    name = _name(element)
    if name in ("title", "style"):
        return []
    start, end = f"<{name}{_attributes(element, is_filled)}", f"</{name}>"
    fills = any(each in _COLOURS for each in element.get("class", "").split())
    within = is_filled or fills or name == "defs"  # these are drawn wherever they are used
    inner = [_joined(_parts(child, within)) for child in element]
    parts: list[str | Choice]
    if not inner:
        parts = [f"{start}/>"]
    elif "data-pick" in element.attrib:
        parts = [f"{start}>", Choice(tuple(inner)), end]
    else:
        parts = [f"{start}>", *(part for body in inner for part in body), end]
    return [Choice((_joined(parts), ()))] if "data-maybe" in element.attrib else parts


def _attributes(element: Element, is_filled: bool) -> str:
    found = []
    for name, value in element.attrib.items():
        text = quoteattr(value.replace("{", "{{").replace("}", "}}"))
        if name == "class":
            fills = [colour for colour in value.split() if colour in _COLOURS]
            lines = [each.removesuffix("-line") for each in value.split() if each not in _COLOURS]
            found += [f'fill="{{{colour}}}"' for colour in fills[:1]]
            found += [f'stroke="{{{colour}}}"' for colour in lines[:1]]
            found += ['fill="none"'] if lines and not fills and is_filled else []
        elif name == "id":
            found.append(f'id="{{id}}{text[1:]}')
        elif name == "href":
            found.append(f'href="#{{id}}{text[2:]}')
        elif not name.startswith("data-"):
            found.append(f"{name}={text}")
    return "".join(f" {attribute}" for attribute in found)


def _joined(parts: list[str | Choice]) -> Body:
    """With neighbouring markup in one text."""
    found: list[str | Choice] = []
    for part in parts:
        if found and isinstance(part, str) and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def _name(element: Element) -> str:
    return str(element.tag).removeprefix(_SVG)


# --- checking ----------------------------------------------------------------------------------


def problems(text: str, what: str = "scene") -> Iterator[str]:
    """What is wrong with the text of a file, which is a scene or a plant."""
    if len(text.encode()) > LONGEST:
        yield f"{len(text.encode())} bytes; {LONGEST} are allowed"
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "<?xml-" in text:
        yield "a document type or a processing instruction"
        return
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - ours
    except ElementTree.ParseError as error:
        yield f"not XML: {error}"
        return
    if root.tag != f"{_SVG}svg":
        yield "not an SVG file"
        return
    if root.get("viewBox") != _BOX[what]:
        yield f'viewBox is not "{_BOX[what]}"'
    styles = [element.text for element in root.iter(f"{_SVG}style")]
    if styles not in ([_STYLE], [] if what == "plant" else [_STYLE]):
        yield f"the one style is not {_STYLE}"
    if what == "scene":
        yield from _of_root(root)
    elif set(root.attrib) - {"viewBox"}:
        yield "attributes that a plant has not"
    yield from _of_elements(root)
    yield from _uncoloured(root)


def _of_root(root: Element) -> Iterator[str]:
    yield from (f"attribute {name} of svg" for name in sorted(set(root.attrib) - _ROOT))
    if root.get("data-ground") not in GROUNDS:
        yield f"data-ground is none of {' '.join(GROUNDS)}"
    try:
        if not 0 <= float(root.get("data-hills", "")) <= 1.5:
            yield "data-hills is not between 0 and 1.5"
    except ValueError:
        yield "data-hills is not a number"
    for name in ("data-near", "data-turn"):
        if root.get(name) not in ("yes", "no"):
            yield f"{name} is neither yes nor no"
    for name, known in (("data-plants", {*PLANTS, "none"}), ("data-palettes", set(PALETTES))):
        for each in root.get(name, "").split():
            if each not in known:
                yield f"{name}: {each} is not known"
    titles = {title.get("lang"): title.text or "" for title in root.findall(f"{_SVG}title")}
    for tag, start in _TITLES.values():
        if not titles.get(tag, "").startswith(start) or titles[tag] == start:
            yield f"no title in {tag} that begins with “{start.strip()}”"


def _of_elements(root: Element) -> Iterator[str]:
    ids = [element.get("id", "") for element in root.iter() if element.get("id")]
    yield from (
        f"two elements with the id {name}" for name in sorted({*ids}) if ids.count(name) > 1
    )
    for element in root.iter():
        name = _name(element)
        if name in ("title", "style", "svg"):
            continue
        if name not in _ELEMENTS:
            yield f"element {name}"
        for attribute, value in element.attrib.items():
            if attribute not in _ATTRIBUTES:
                yield f"attribute {attribute} of {name}"
            elif not _VALUE.fullmatch(value):
                yield f"{attribute} of {name} is {value!r}"
            elif attribute == "d" and not _PATH.fullmatch(value):
                yield f"path data that browsers do not draw to its end: {_until_fault(value)!r}"
        yield from (
            f"class {each}" for each in element.get("class", "").split() if each not in _CLASSES
        )
        if name == "use" and element.get("href", "")[1:] not in ids:
            yield f"use of {element.get('href')}, which is not there"
        if "data-pick" in element.attrib and len(element) < 2:
            yield "data-pick with fewer than two parts to pick from"


def _until_fault(data: str) -> str:
    """The last of what can be read, and a little of what cannot."""
    read = _PATH.match(data)
    end = read.end() if read else 0
    return data[max(0, end - 20) : end + 20]


def _uncoloured(root: Element) -> Iterator[str]:
    """Shapes without a class, of their own or of what they lie in: they would be black."""
    shared = {element.get("id"): element for element in root.iter() if element.get("id")}

    def black(element: Element, depth: int) -> Iterator[str]:
        name = _name(element)
        if element.get("class") or name in ("defs", "title", "style") or depth > 20:
            return
        target = shared.get(element.get("href", "")[1:])
        if name == "use" and target is not None:
            yield from black(target, depth + 1)
        if name in _DRAWN:
            yield f"a {name} without a class"
        for child in element:
            yield from black(child, depth + 1)

    yield from black(root, 0)


def file_problems(path: Path) -> list[str]:
    """What is wrong with one file."""
    what = "plant" if path.parent.name == "plants" else "scene"
    found = list(dict.fromkeys(problems(path.read_text(encoding="utf-8"), what)))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", path.stem):
        found.append("a name of other characters than a-z, 0-9 and -")
    return found


def all_problems() -> Iterator[str]:
    """What is wrong with the files that are here."""
    for path in sorted(FOLDER.rglob("*.svg")):
        yield from (f"{path.relative_to(FOLDER)}: {each}" for each in file_problems(path))
    for name in PLANTS:
        if not (FOLDER / "plants" / f"{name}.svg").exists():
            yield f"plants/{name}.svg: not there"


# --- what a seed chooses for a scene --------------------------------------------------


def choose_palette(scene: Scene, seed: str, palettes: Sequence[str] = ()) -> str:
    """A palette that the scene allows, if possible one of `palettes`."""
    allowed = scene.palettes or tuple(PALETTES)
    wanted = [each for each in palettes if each in allowed] or allowed
    return Dice(number_of(seed, "palette")).pick(wanted)


def choose_plant(scene: Scene, seed: str, plants: Sequence[str] = ()) -> str:
    """A plant that the scene asks for, else one of `plants`; empty if nothing grows there."""
    growing = [each for each in scene.plants or plants if each != "none"] if scene.near else []
    return Dice(number_of(seed, "plant")).pick(growing) if growing else ""


# --- tags --------------------------------------------------------------------------------------

_DIGITS = 8


def tag_of_texts(*texts: str) -> str:
    """The tag of texts. Two drawings of one record have the same tag once in four thousand million
    cases."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def tag_of_files(*paths: Path) -> str:
    return tag_of_texts(*(path.read_text(encoding="utf-8") for path in paths))


# Read when this process begins, as its code is.
_COMPOSER = tag_of_files(*sorted(Path(__file__).parent.glob("*.py")), Path(svg_paths.__file__))


def tag_of(*parts: object) -> str:
    """The tag of a drawing from these parts, each told apart by its `repr`."""
    return tag_of_texts(_COMPOSER, *map(repr, parts))


@cache
def tag_of_scene(name: str) -> str:
    """The tag of the file of a scene, or of a plant such as `plants/pine`."""
    return tag_of_texts(text_of(name))


@cache
def tag_of_chooser() -> str:
    """The tag of the pictures of all scenes, among which an editor chooses."""
    files = (*names(), *(f"plants/{name}" for name in PLANTS))
    return tag_of(*map(tag_of_scene, files))


if __name__ == "__main__":
    paths = [Path(each) for each in sys.argv[1:]]
    found = [f"{path}: {each}" for path in paths for each in file_problems(path)]
    sys.exit("\n".join(found if paths else all_problems()) or None)
