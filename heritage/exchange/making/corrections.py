"""What the official tables lack or say wrongly, and what readers are told about it."""

import re

from heritage.exchange.making import chinese_names

# A name that is another property's, by number and language: left out, so that the page falls
# back to a right one.
NAMES_OF_OTHERS = {
    (623, "ru"): "Røros (55)",
    (1657, "ar"): "Ha Long Bay (672)",
    (1708, "ar"): "Schwerin (1705)",
}

# Latin letters that look like Cyrillic ones, as Russian names of the official file have them.
_CYRILLIC = str.maketrans("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
_BRACKETS = str.maketrans("()", "（）")

RECALLED_NAME_NOTE = {
    "en": "The official file has no Chinese name; the one shown is not checked yet.",
    "zh-hans": "官方文件未给出中文名称，此处所用名称待核。",
}

CORRECTED_NAME_NOTE = {
    "en": "UNESCO’s file calls it “{given}” in Chinese; the name shown is a correction that is not "
    "checked yet.",
    "zh-hans": "联合国教科文组织文件的中文名称作“{given}”；此处所用名称经更正，待核。",
}

# The file of a later edition has no more than some of its properties.
LATER_SOURCE = "whc-file-2026"
LATER_NOTE = {
    "en": "Inscribed after the list of 2025. The facts are those of UNESCO’s file of 27 July 2026.",
    "zh-hans": "列入于2025年名录之后，所载依联合国教科文组织2026年7月27日的文件。",
}
MIDDLE_NOTE = {
    "en": "The file gives points of its parts alone; the one shown is that of the part in the "
    "middle.",
    "zh-hans": "文件只给出各组成部分的坐标，此处取居中一处。",
}

# Shown to readers of a property's page.
NOTES = {
    136: {
        "en": "UNESCO’s file of 27 July 2026 gives other facts: inscribed 2026, criteria (ix) and "
        "(x), not in danger. Those of the list of 2025 are shown.",
        "zh-hans": "联合国教科文组织2026年7月27日的文件所载不同：2026年列入，标准（ix）（x），"
        "不属濒危。此处依2025年名录。",
    },
    148: {
        "en": "The List places it in no state: “Jerusalem (Site proposed by Jordan)”.",
        "zh-hans": "《名录》未将其归于任何国家，只写“耶路撒冷（由约旦申报）”。",
    },
    630: {
        "en": "UNESCO’s file of 27 July 2026 calls it K’gari only.",
        "zh-hans": "联合国教科文组织2026年7月27日的文件只称其为“K’gari”。",
    },
    654: {
        "en": "The first property taken off the List, in 2007. The official files no longer have "
        "it: what is shown here is recalled, and there is no point.",
        "zh-hans": "2007年除名，为首个被除名的遗产。官方文件已不载：此处内容凭记忆写出，且无坐标。",
    },
    790: {
        "en": "No longer in the list of 2025: The Colonial Transisthmian Route of Panamá (1582) "
        "took its place.",
        "zh-hans": "2025年名录已不载，由“殖民时期跨巴拿马地峡通道”（1582）取代。",
    },
    1150: {
        "en": "Taken off the List in 2021. That is recalled; the other facts are those of the "
        "official list of 2019.",
        "zh-hans": "2021年除名，此点凭记忆写出；其余依2019年官方名录。",
    },
    1156: {
        "en": "Taken off the List in 2009. The official files no longer have it: what is shown "
        "here is recalled, and there is no point.",
        "zh-hans": "2009年除名。官方文件已不载：此处内容凭记忆写出，且无坐标。",
    },
    1295: {
        "en": "The lists of 2019 and 2021 give the criteria (ii) and (v), those of 2024 and 2025 "
        "(ii) and (iv); the newest is followed.",
        "zh-hans": "2019、2021年名录所载标准为（ii）（v），2024、2025年为（ii）（iv）；此处从新。",
    },
    1567: {
        "en": "The list of 2025 gives this property no point.",
        "zh-hans": "2025年名录未给出该遗产的坐标。",
    },
    1591: {
        "en": "The extension of 2026 is that of UNESCO’s file of 27 July 2026; all else is that "
        "of the list of 2025.",
        "zh-hans": "2026年的扩展据联合国教科文组织2026年7月27日的文件，其余依2025年名录。",
    },
}


def names(number: int, given: dict[str, str]) -> dict[str, str]:
    """The names of a property: without those of others, mended, and with those that are known."""
    kept = {
        code: _MENDED.get(code, str)(words)
        for code, words in given.items()
        if (number, code) not in NAMES_OF_OTHERS
    }
    if number in chinese_names.CORRECTED:
        wrong, right = chinese_names.CORRECTED[number]
        if given.get("zh-hans") == wrong:  # a later file may have mended it
            kept["zh-hans"] = right
    elif number in chinese_names.RECALLED:
        kept.setdefault("zh-hans", chinese_names.RECALLED[number])
    return kept


def other_name(number: int, given: dict[str, str]) -> str:
    """A Chinese name of the official file that is in use beside the one shown, or nothing."""
    words = given.get("zh-hans", "")
    return (
        words if number in chinese_names.IN_USE and words != names(number, given)["zh-hans"] else ""
    )


def _mended_chinese(words: str) -> str:
    """With a middle dot between the parts of a foreign name, and brackets as wide as the script."""
    return words.replace("•", "·").translate(_BRACKETS)


def _mended_russian(words: str) -> str:
    """With Cyrillic letters where Latin ones only look like them; Roman numerals stay."""
    return re.sub(
        r"\w+",
        lambda word: (
            word[0].translate(_CYRILLIC)
            if re.search("[А-Яа-яЁё]", word[0]) or word[0] == "c"
            else word[0]
        ),
        words,
    )


_MENDED = {"zh-hans": _mended_chinese, "ru": _mended_russian}


def note(
    number: int, given: dict[str, str], source: str = "", *, in_the_middle: bool = False
) -> dict[str, str]:
    """What readers are told of a property's facts, or nothing."""
    notes = [NOTES[number]] if number in NOTES else []
    if source == LATER_SOURCE:
        notes.append(LATER_NOTE)
    if in_the_middle:
        notes.append(MIDDLE_NOTE)
    official = given.get("zh-hans", "")
    if number in chinese_names.RECALLED and not official:
        notes.append(RECALLED_NAME_NOTE)
    if number in chinese_names.CORRECTED and official == chinese_names.CORRECTED[number][0]:
        notes.append({c: words.format(given=official) for c, words in CORRECTED_NAME_NOTE.items()})
    joined = {
        "en": " ".join(n["en"] for n in notes),
        "zh-hans": "".join(n["zh-hans"] for n in notes),
    }
    return joined if notes else {}
