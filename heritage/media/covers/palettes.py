"""What a cover chooses among by dice: colour palettes (sky, three washes of hills, ink and accent)
and plants."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


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
    """A number of 64 bits for texts."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8])


class Dice:
    """Numbers from a seed: the same ones on every machine and in every Python (SplitMix64)."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def unit(self) -> float:
        """The next number, from 0 up to but without 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def pick[T](self, choices: Sequence[T]) -> T:
        return choices[self.whole(0, len(choices) - 1)]


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
