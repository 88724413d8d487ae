"""The grammars of the Henan table: eras, listed eras, first events, points, sources."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from heritage.exchange.making.files import Index
from heritage.values import edtf

NATIONAL_LIST = "source-cn-national-list"
RECALLED = "source-recalled"

_SUFFIX = re.compile(r" (Dynasty|Period|Kingdom|culture)$")
_BRACKET = re.compile(r"(?P<name>[^()]+?)(?: ?\((?P<inner>[^()]*)\))?")
_EVENT = re.compile(r"(?P<words>[^(;]+?)(?: from)?(?: ?\((?P<detail>[^()]*)\))?(?:; (?P<rest>.+))?")
_EVENT_KINDS = {
    "founded": "founded",
    "begun": "begun",
    "built": "built",
    "rebuilt": "rebuilt",
    "occupied": "occupied",
    "capital": "capital",
    "in use": "in_use",
    "first mentioned": "mentioned",
    "canal opened": "in_use",
    "gnomon stone erected on the site": "built",
}
_LISTED_YEARS = re.compile(r"(\d{4})(?:[～~—–-](\d{4}))?年")
_GOOD_TO = re.compile(r"(?:good to|\() ?about (?:[\d.]+-)?([\d.]+) km")
# What stands in the columns on sources → our source, in the order in which a page names them.
_SOURCES = (
    ("lingdian1226", NATIONAL_LIST),
    ("builder script", "source-merger-script"),
    ("whc-sites-2025", "source-unesco-list-2025"),
    ("component matched", "source-unesco-components"),
    ("component point", "source-unesco-components"),
    ("tang-song buildings", "source-tang-song-buildings"),
    ("china5a.js", "source-5a-list"),
    ("recalled", RECALLED),
)


class Named(NamedTuple):
    """An era that a cell names, and narrower ones in brackets behind it."""

    era: str
    narrower: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.narrower, self.era)


class Span(NamedTuple):
    first: Named
    last: Named


class Listed(NamedTuple):
    """The era of an entry as listed: eras by uid, or years as EDTF."""

    first: str | None
    last: str | None
    date: str


class FirstEvent(NamedTuple):
    kind: str
    detail: str  # what the table adds in words


class Precision(NamedTuple):
    precision: str
    accuracy_m: int | None
    source: str


@dataclass(slots=True)
class Eras:
    """The vocabulary of eras, by the words that tables use."""

    english: dict[str, set[str]]
    chinese: dict[str, str]
    bounds: dict[str, tuple[int | None, int | None]]
    parents: dict[str, str]

    @classmethod
    def of(cls, index: Index) -> "Eras":
        english: dict[str, set[str]] = {}
        rows = index.rows["era"]
        for uid, fields in rows.items():
            for form in _forms(fields["label"]["en"]):
                english.setdefault(form, set()).add(uid)
        dates = {uid: edtf.parse(fields["span"]) for uid, fields in rows.items()}
        return cls(
            english,
            {fields["label"]["zh-hans"]: uid for uid, fields in rows.items()},
            {uid: (date.first_year, date.last_year) for uid, date in dates.items()},
            {uid: fields["parent"][0] for uid, fields in rows.items() if fields.get("parent")},
        )

    def holds(self, uid: str, year: int) -> bool:
        first, last = self.bounds[uid]
        return (first is None or first <= year) and (last is None or year <= last)

    def spans(self, cell: str) -> tuple[Span, ...]:
        """`Eastern Han; Jin (金)-Qing`, `Neolithic (Yangshao-Longshan)`."""
        found = []
        for part in filter(None, map(str.strip, cell.split(";"))):
            ends = [self._named(end) for end in re.split(r"-(?![^(]*\))", part)]
            if len(ends) > 2:
                raise ValueError(f"“{part}” has more than two ends")
            found.append(Span(ends[0], ends[-1]))
        return tuple(found)

    def _named(self, words: str) -> Named:
        words = _plain(words)
        if words in self.english:
            return Named(self._only(words))
        match = _BRACKET.fullmatch(words)
        inner = match["inner"] if match else None
        if inner in self.chinese:  # 晋 and 金 are both Jin
            if self.chinese[inner] not in self.english.get(match["name"], ()):
                raise ValueError(f"{inner} is not called {match['name']}")
            return Named(self.chinese[inner])
        if not match or match["name"] not in self.english:
            raise ValueError(f"there is no era “{words}”")
        narrower = map(self._only, map(str.strip, inner.split("-"))) if inner else ()
        return Named(self._only(match["name"]), tuple(narrower))

    def _only(self, words: str) -> str:
        found = self.english.get(words, set())
        if len(found) != 1:
            reason = f"may be {' or '.join(sorted(found))}" if found else "is no era"
            raise ValueError(f"“{words}” {reason}")
        return next(iter(found))

    def listed(self, cell: str) -> Listed | None:
        """`金至清`, `明清`, `北魏`, `1969年`, `1903～1949年`; None from an empty cell."""
        if not cell:
            return None
        if years := _LISTED_YEARS.fullmatch(cell):
            return Listed(None, None, "/".join(filter(None, years.groups())))
        labels = sorted(self.chinese, key=len, reverse=True)
        names = re.fullmatch("({0})(?:至?({0}))?".format("|".join(map(re.escape, labels))), cell)
        if not names:
            raise ValueError(f"“{cell}” is no era of the national list")
        first, last = (self.chinese.get(name) for name in names.groups())
        return Listed(first, last, "")

    def narrowed(self, uid: str | None, spans: tuple[Span, ...]) -> str | None:
        """Of an era that the list names broadly, the narrower one that the table names: 宋."""
        named = {era for span in spans for end in span for era in end.all}
        below = [era for era in named if self.parents.get(era) == uid]
        return below[0] if uid and uid not in named and len(below) == 1 else uid

    def at(self, year: int, spans: tuple[Span, ...]) -> str | None:
        """The first named era that holds an astronomical year, a narrower one before its own."""
        named = (era for span in spans for end in span for era in end.all)
        return next((era for era in named if self.holds(era, year)), None)


def _forms(label: str) -> set[str]:
    label = _plain(label)
    bare = re.sub(r" ?\(.*\)$", "", label)
    return {label, bare, _SUFFIX.sub("", bare)}


def _plain(words: str) -> str:
    return words.strip().replace("’", "'")


def first_event(cell: str) -> FirstEvent:
    """`built (city wall)`, `occupied from (Yangshao culture)`, `first mentioned`."""
    match = _EVENT.fullmatch(cell.strip())
    words = match["words"] if match else cell
    if words not in _EVENT_KINDS:
        raise ValueError(f"“{words}” is no event that is known")
    return FirstEvent(
        _EVENT_KINDS[words], "; ".join(filter(None, (match["detail"], match["rest"])))
    )


def precision(cell: str) -> Precision:
    """How good a point is, from the words on its origin."""
    if "component point" in cell and not cell.startswith("recalled"):
        return Precision("surveyed", None, "source-unesco-components")
    for mark, source in (
        ("china5a.js", "source-5a-list"),
        ("tang-song buildings", "source-tang-song-buildings"),
    ):
        if mark in cell:
            return Precision("approximate", None, source)
    good_to = _GOOD_TO.search(cell)
    if not cell.startswith("recalled") or not good_to:
        raise ValueError(f"“{cell}” does not say how good the point is")
    return Precision("approximate", round(float(good_to[1]) * 1000), RECALLED)


def sources(cells: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(uid for mark, uid in _SOURCES if mark in cells))


def corrected(cell: str) -> frozenset[str]:
    """The columns that were corrected from memory: `recalled, corrected: pinyin, eras; …`."""
    lists = re.findall(r"recalled, corrected: ([^;]*)", cell)
    return frozenset(name.strip() for part in lists for name in part.split(","))
