"""Which plants grow where, as far as a drawing must not be wrong: by country and latitude."""

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
