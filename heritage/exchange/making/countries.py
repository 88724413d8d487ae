"""Countries and territories of ISO 3166-1, named in six languages by the CLDR."""

from collections.abc import Collection

from django.utils.text import slugify

from heritage.exchange.making.files import Item, item
from heritage.values.folding import fold

# Language of the catalogue → locale of the CLDR.
LOCALES = {"en": "en", "fr": "fr", "es": "es", "ru": "ru", "ar": "ar", "zh-hans": "zh_Hans"}

# Codes of two letters in the CLDR that are no part of ISO 3166-1.
# fmt: off
_NOT_ISO = {
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ",
}
# fmt: on

# Where the CLDR's name suits a menu and no page (“Congo - Kinshasa”): as the United Nations write.
_NAMES = {
    "CD": {
        "en": "Democratic Republic of the Congo",
        "fr": "République démocratique du Congo",
        "es": "República Democrática del Congo",
        "ru": "Демократическая Республика Конго",
        "ar": "جمهورية الكونغو الديمقراطية",
        "zh-hans": "刚果民主共和国",
    },
    "CG": {
        "en": "Republic of the Congo",
        "fr": "République du Congo",
        "es": "República del Congo",
        "ru": "Республика Конго",
        "ar": "جمهورية الكونغو",
        "zh-hans": "刚果共和国",
    },
    "MM": {
        "en": "Myanmar",
        "fr": "Myanmar",
        "es": "Myanmar",
        "ru": "Мьянма",
        "ar": "ميانمار",
        "zh-hans": "缅甸",
    },
    "PS": {
        "en": "State of Palestine",
        "fr": "État de Palestine",
        "es": "Estado de Palestina",
        "ru": "Государство Палестина",
        "ar": "دولة فلسطين",
        "zh-hans": "巴勒斯坦国",
    },
}


def countries(leave_out: Collection[str]) -> list[Item]:
    """Places of the level country, by code, without those that stand elsewhere already."""
    return [
        item(
            "place",
            place_uid(code),
            slug=slugify(fold(label["en"])),
            level="country",
            label=label,
            code=code,
        )
        for code, label in names().items()
        if code not in leave_out
    ]


def place_uid(code: str) -> str:
    return f"place-{code.lower()}"


def names() -> dict[str, dict[str, str]]:
    """Code → language → name, of all countries and territories."""
    from babel import Locale  # a tool of those who make fixtures, not of those who load them

    by_language = {language: Locale.parse(name).territories for language, name in LOCALES.items()}
    codes = [code for code in by_language["en"] if len(code) == 2 and code.isalpha()]
    return {
        code: _NAMES.get(code) or {lang: by_language[lang][code] for lang in LOCALES}
        for code in sorted(set(codes) - _NOT_ISO)
    }
