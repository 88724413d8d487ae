"""What the official tables lack or say wrongly, and what readers are told about it."""

# A name that is another property's, by number and language: left out, so that the page falls
# back to a right one.
NAMES_OF_OTHERS = {
    (623, "ru"): "Røros (55)",
    (1657, "ar"): "Ha Long Bay (672)",
    (1708, "ar"): "Schwerin (1705)",
}

# Properties of China that the official file gives no Chinese name.
RECALLED_CHINESE_NAMES = {
    1111: "红河哈尼梯田文化景观",
    1414: "新疆天山",
    1442: "丝绸之路：长安-天山廊道的路网",
    1443: "大运河",
    1540: "青海可可西里",
    1541: "鼓浪屿：历史国际社区",
}
RECALLED_NAME_NOTE = {
    "en": "The official file has no Chinese name; the one shown is recalled.",
    "zh-hans": "官方文件未给出中文名称，此处所用名称凭记忆写出。",
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
    """The names of a property, without those of others and with those that are known."""
    kept = {code: words for code, words in given.items() if (number, code) not in NAMES_OF_OTHERS}
    recalled = RECALLED_CHINESE_NAMES.get(number)
    return {**kept, "zh-hans": recalled} if recalled and "zh-hans" not in kept else kept


def note(number: int, given: dict[str, str]) -> dict[str, str]:
    """What readers are told of a property's facts, or nothing."""
    notes = [NOTES[number]] if number in NOTES else []
    if number in RECALLED_CHINESE_NAMES and "zh-hans" not in given:
        notes.append(RECALLED_NAME_NOTE)
    joined = {
        "en": " ".join(n["en"] for n in notes),
        "zh-hans": "".join(n["zh-hans"] for n in notes),
    }
    return joined if notes else {}
