"""China's nationally protected units (全国重点文物保护单位), a unit a row.

The code says batch, number, category and order: 1-0037-4-004. A unit that joined an earlier one has
0000 for its number. Names may have HTML entities or the variants of a wiki in them; a place may be
prefecture and county in one cell, or several provinces.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from heritage.exchange.reading import cells
from heritage.exchange.reading.official import (
    Listed,
    OfficialList,
    known_columns,
    official_list,
    refuse_twice,
)
from heritage.exchange.reading.source import Row, SourceFile

REGISTER = "cn-national"
_ALIASES = {
    "code": ("code", "编号", "代码", "序号"),
    "batch": ("batch", "批次", "批号"),
    "year": ("year", "公布年份", "公布时间", "年份"),
    "name": ("name", "name_zh", "名称", "单位名称", "文物名称"),
    "category": ("category", "category_zh", "类别", "分类", "类型"),
    "era": ("era", "时代", "年代", "era_listed"),
    "province": ("province", "省", "省份", "省级行政区"),
    "city": ("city", "市", "城市", "address", "地址", "所在地"),
    "district": ("district", "区县", "县"),
    "merged": ("merged",),
}
_CODE = re.compile(r"[1-9]-\d{4}-\d-\d{3}")
_NO_NUMBER = "-0000-"
_CATEGORIES = {
    "古遗址": "archaeological-sites",
    "古墓葬": "ancient-tombs",
    "古建筑": "ancient-buildings",
    "石窟寺及石刻": "stone-carvings",
    "石窟寺": "stone-carvings",
    "石刻及其他": "stone-carvings",
    "近现代重要史迹及代表性建筑": "modern-historic",
    "革命遗址及革命纪念建筑物": "modern-historic",
    "其他": "others",
}
_STANDING = ("ancient-buildings", "stone-carvings")  # whose listed era is that of what stands
_YEARS = {1: 1961, 2: 1982, 3: 1988, 4: 1996, 5: 2001, 6: 2006, 7: 2013, 8: 2019}
# Listed eras as what they mean there. Dynasties side by side that do not follow each other are two
# events; 近代 is the time from the Opium War to the People's Republic; the Six Dynasties end with
# the Southern ones. What may mean several things (青铜时代) stays as it is, and is asked.
_ERAS = {
    "宋金": "宋、金",
    "宋明": "宋、明",
    "金明": "金、明",
    "汉唐": "汉、唐",
    "宋明至今": "宋、明至今",
    "近代": "1840-1949年",
    "汉至六朝": "汉至南朝",
    "新时器时代至周": "新石器时代至周",
}
_VARIANTS = re.compile(r"-\{(?:A\|)?(?:zh:)?([^;{}|]*)[^{}]*\}-")
_PREFECTURE = re.compile(r"(.+?(?:自治州|地区|[^城]市|盟))(.*[区县市旗])")
_SAMPLE = 20


def recognise(source: SourceFile) -> OfficialList | None:
    columns = known_columns(source, _ALIASES)
    if not {"code", "name", "era"} <= set(columns):
        return None
    sample = [row.cells[columns["code"]] for row in islice(source.rows(), _SAMPLE)]
    if not sample or sum(map(bool, map(_CODE.fullmatch, sample))) < len(sample) * 0.8:
        return None
    return _read_list(source, columns)


def _read_list(source: SourceFile, columns: dict[str, str]) -> OfficialList:
    seen: Counter[str] = Counter()
    rows = [_row(Listed(row, columns, REGISTER, seen)) for row in source.rows()]
    refuse_twice(rows, f"{REGISTER}.reference")
    edition = max((row.cells[f"{REGISTER}.listed"] for row in rows), default="")
    return official_list(REGISTER, edition, rows, [], list(_notes(seen)))


def _row(listed: Listed) -> Row:
    code = listed.put(".reference", ["code"], _code)
    of_code = int(code[0]) if code else None
    batch = listed.put(".batch", ["batch"], lambda cell: cells.whole_number(cell) or of_code)
    listed.put(".listed", ["year"], lambda cell: cells.whole_number(cell) or _YEARS.get(batch))
    name = listed.put(".name:zh-hans", ["name"], _name)
    category = listed.put(".category", ["category"], _category)
    listed.put(".era", ["era"], cells.text)
    listed.put("event:fabric" if category in _STANDING else "event:dated", ["era"], _era)
    listed.put("place", ["province", "city", "district"], _place)
    others = listed.put("also_in", ["city"], lambda cell: _provinces(cell)[1:])
    listed.seen["merged"] += _NO_NUMBER in (code or "")
    listed.seen["cleaned"] += name is not None and name != listed.raw("name")
    listed.seen["several"] += bool(others)
    listed.seen["era"] += cells.text(listed.raw("era")) in _ERAS
    return listed.as_row()


def _notes(seen: Counter[str]) -> Iterator[str]:
    words = {
        "merged": _("Units that joined an earlier one and have no number of their own: %(count)s."),
        "cleaned": _("Names with markup or odd spaces, which were cleaned: %(count)s."),
        "several": _("In several provinces: %(count)s."),
        "era": _("Listed eras that are read as what they mean in this list: %(count)s."),
    }
    for key, count in seen.items():
        if count:
            yield words[key] % {"count": count}


def _code(cell: str) -> str:
    if not _CODE.fullmatch(cell):
        raise ValueError(
            _("“%(text)s” is no code of a unit, such as 1-0037-4-004.") % {"text": cell}
        )
    return cell


def _name(cell: str) -> str:
    """Of the variants of a character that a wiki keeps, the first."""
    return cells.text(_VARIANTS.sub(lambda found: found[1].rpartition(":")[2], cell))


def _category(cell: str) -> str:
    words = cells.text(cell)
    return _CATEGORIES.get(words, words)


def _era(cell: str) -> str:
    """A listed era as dates are read: 1860－1863年 is 1860-1863年, and 宋金 are two events."""
    words = cells.text(cell).replace("－", "-").replace("民國", "民国")
    return _ERAS.get(words, words)


def _provinces(city: str) -> list[str]:
    """Several provinces in one cell: 四川省、云南省."""
    parts = cells.text(city).split("、")
    return parts if len(parts) > 1 else []


def _place(province: str, city: str, district: str) -> str:
    """The parts of a place from the broadest on: 河南省/洛阳市/伊川县."""
    if _provinces(city):
        return _provinces(city)[0]
    parts = [cells.text(province)]
    found = _PREFECTURE.fullmatch(cells.text(city))
    parts += [*found.groups()] if found else [cells.text(city)]
    parts.append(cells.text(district))
    return "/".join(dict.fromkeys(filter(None, parts)))
