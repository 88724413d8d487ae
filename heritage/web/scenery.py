"""What is drawn for a site: its kind; else what its name says; else open country of its climate.

A drawing claims nothing that the record does not. Buildings are drawn where the kind or the name
says so, and where they look like that; landforms are no claim, only the light of a latitude.
"""

import hashlib
import re

from heritage.models import Site

_EAST_ASIA = frozenset({"CN", "HK", "JP", "KP", "KR", "MO", "TW", "VN"})
_CHINA = frozenset({"CN", "HK", "MO", "TW"})
# Europe of the Latin church: its cathedrals, castles and palaces look like these drawings.
_LATIN_EUROPE = frozenset({
    "AD", "AT", "BA", "BE", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PL", "PT", "SE", "SI",
    "SK", "SM", "VA"
})  # fmt: skip
# Where old towns have pitched roofs.
_PITCHED = _LATIN_EUROPE | {
    "AL", "AR", "BG", "BO", "BR", "BY", "CA", "CL", "CO", "CR", "CU", "DO", "EC", "GR", "GT",
    "HN", "ME", "MK", "MX", "NI", "PA", "PE", "PY", "RO", "RS", "RU", "SV", "UA", "US", "UY", "VE"
}  # fmt: skip
# Where they have flat ones, and the country is dry.
_DRY = frozenset({
    "AE", "BH", "DJ", "DZ", "EG", "ER", "IL", "IQ", "JO", "KW", "LY", "MA", "ML", "MR", "NE",
    "OM", "PS", "QA", "SA", "SD", "SY", "TD", "TM", "TN", "YE"
})  # fmt: skip
_SAVANNA = frozenset({
    "AO", "BF", "BJ", "BW", "CF", "CI", "CM", "ET", "GH", "GM", "GN", "KE", "MW", "MZ", "NA", "NG",
    "RW", "SN", "SO", "SS", "SZ", "TG", "TZ", "UG", "ZA", "ZM", "ZW"
})  # fmt: skip
# Where cypresses are at home, and where firs are.
_MEDITERRANEAN = frozenset({
    "AL", "CY", "DZ", "ES", "FR", "GR", "HR", "IR", "IT", "LB", "MA", "ME", "MT", "PT", "SM",
    "SY", "TN", "TR", "VA"
})  # fmt: skip
_NORTHERN = frozenset({"BY", "CA", "EE", "FI", "LT", "LV", "NO", "RU", "SE"})
_MOIST = frozenset({"BJ", "CF", "CI", "CM", "GH", "GM", "GN", "NG", "RW", "TG", "UG"})
# Halls with swung roofs and the like: elsewhere they would be untrue.
_CHINESE = frozenset({
    "default", "temple", "pagoda", "pagoda-forest", "hall", "city-wall", "pass", "gate",
    "academy", "observatory", "garden", "town", "archaeological", "canal", "tomb", "granary",
    "kiln", "road", "grotto"
})  # fmt: skip


def _words(pattern: str) -> re.Pattern:
    return re.compile(rf"\b({pattern})\b", re.IGNORECASE)


# A name that says what a place is, by the drawing that shows it truly. The first that fits.
_SAID = (
    ("reef", _words("reefs?")),
    ("rock-art", _words("rock (art|drawings|paintings|carvings)|petroglyphs?|petroglyphic")),
    ("menhirs", _words("megaliths?|megalithic|dolmens?|menhirs?|stonehenge|stone circles?")),
    ("cave", _words("caves?|grotte|karst")),
    ("stones", _words("archa?eological|ruins|ancient villages of|pre-?hispanic (city|town)")),
    ("ice", _words("glaciers?|glaciares|ice ?fields?|ice ?fjord|fjords?")),
    ("dunes", _words("deserts?|dunes?|sand sea|oasis")),
    ("landscape", _words("rice terraces|tea")),
    ("vines", _words("vineyards?|wine|wines|agricultural|agave|coffee|climats|champagne")),
    ("rainforest", _words("rainforests?|rain forests?|tropical forests?|mangroves?|sundarbans")),
    ("mountain", _words("mount|mountains?|mts?|peaks?|alps|massif|volcano(es)?|volcanic")),
    ("wood", _words("forests?|laurisilva")),
    ("island", _words("islands?|islas?|isle|atoll|archipelago")),
    ("mesas", _words("canyons?|plateau|escarpment|badlands")),
    ("lake", _words("lakes?|wetlands?|delta|swamps?|marsh(es)?|lagoons?|river")),
    ("shore", _words("coast|bay|gulf|cape|sea|marine|beach|cliffs")),
)
_NO_ISLAND = _words("museum island")
_SAID_IN_EUROPE = (
    ("church", _words("cathedrals?|basilica|abbey|church")),
    ("castle", _words("castles?|wartburg")),
    ("palace", _words("palaces?|residence|residences")),
    ("industrial", _words("mines?|mining|industrial|ironworks|mills")),
)
_TOWN = _words(
    "historic (cent(re|er)s?|towns?|city|quarters?|areas?|districts?|inner city|fortified town)"
    "|old (town|city)|medina|ksar|kasbah|casbah|towns?|city of|hanseatic|villages?"
)
_FORMS = ("hills", "ridges", "valley", "plain")


def silhouette(site: Site, country: str) -> str:
    """The key of a drawing, the same each time for the same record."""
    kind = next(iter(site.kinds.all()), None)
    known = kind.silhouette if kind else "default"
    is_broad = known in ("", "default", "nature")
    if not is_broad and (known not in _CHINESE or country in _EAST_ASIA or not country):
        return known
    flora = _flora(site, country)
    said = _said(site, country, flora) if is_broad else ""
    return said or _open_country(site, country, flora, is_natural=known == "nature")


def _said(site: Site, country: str, flora: str) -> str:
    """What the name says, as it looks there; an empty text if it says nothing that is drawn."""
    name = site.name.get("en", "")
    patterns = (*(_SAID_IN_EUROPE if country in _LATIN_EUROPE else ()), *_SAID)
    said = next((key for key, pattern in patterns if pattern.search(name)), "")
    far = abs(site.public_latitude or 0)
    if said == "mountain" and country not in _EAST_ASIA:
        return f"ridges-{flora}"
    if said == "wood":
        return "forest" if flora == "fir" else "rainforest" if flora == "palm" else f"hills-{flora}"
    if said == "lake":
        return "nature" if flora in ("fir", "leafy") and far >= 44 else f"valley-{flora}"
    if said == "stones" and country in _CHINA:
        return "ruin"
    if said == "island" and _NO_ISLAND.search(name):
        return ""
    return said or (_town(country) if _TOWN.search(name) else "")


def _town(country: str) -> str:
    if country in _CHINA:
        return "town"
    if country in _DRY:
        return "cubes"
    return "roofs" if country in _PITCHED else ""


def _flora(site: Site, country: str) -> str:
    """What grows there, from the latitude and the country."""
    if site.public_latitude is None:
        return "leafy"
    far = abs(site.public_latitude)
    if country in _DRY:
        return _by_seed(site.uid, ("scrub", "palm", "scrub"))
    if country in _SAVANNA:
        return "palm" if country in _MOIST and far < 9 else "acacia"
    if far >= 58 or (country in _NORTHERN and far >= 48):
        return "fir"
    if country in _MEDITERRANEAN and 30 <= far < 44:
        return _by_seed(site.uid, ("cypress", "cypress", "leafy"))
    return _by_seed(site.uid, ("palm", "palm", "leafy")) if far < 23 else "leafy"


def _open_country(site: Site, country: str, flora: str, *, is_natural: bool) -> str:
    """A landform for a place that says no more of itself than where it lies."""
    choices = [f"{form}-{flora}" for form in _FORMS]
    far = abs(site.public_latitude or 0)
    if flora == "scrub":
        choices = ["mesas", "hills-scrub", "ridges-scrub"]
    elif country in _EAST_ASIA:
        choices += ["mountain"] if is_natural else ["default", "default", "mountain"]
    elif is_natural and flora in ("fir", "leafy") and far >= 44:
        choices += ["nature"]
    return _by_seed(f"{site.uid} country", tuple(choices))


def _by_seed(seed: str, choices: tuple[str, ...]) -> str:
    return choices[hashlib.sha256(seed.encode()).digest()[0] % len(choices)]
