"""Uploaded files before they are read: their columns, and which column of the catalogue each is."""

import hashlib
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from heritage.exchange.importing.columns import ImportColumns
from heritage.exchange.importing.options import Options
from heritage.exchange.importing.terms import folded
from heritage.exchange.reading import OfficialList, Row, SourceFile, open_file, recognise
from heritage.models import Import, User, new_uid
from heritage.values.language import interface_languages

SHOWN_ROWS = 3  # of a file, where its columns are chosen
REASON = "problem"  # the column that a file of failed rows has, which is left out when it is read

# What people call columns, beside their keys and labels.
_CALLED = {
    "name:en": (
        *("name", "name en", "english name", "name in english", "site name", "title"),
        *("英文名", "英文名称"),
    ),
    "name:zh-hans": (
        "名称",
        "中文名",
        "中文名称",
        "name zh",
        "chinese name",
        "name in chinese",
        "单位名称",
        "遗产名称",
    ),
    "place": ("place", "location", "where", "地点", "所在地", "地区", "行政区划"),
    "latitude": ("lat", "latitude", "纬度", "北纬"),
    "longitude": ("lon", "lng", "long", "longitude", "经度", "东经"),
    "point": ("coordinates", "point", "坐标", "经纬度"),
    "kinds": ("kind", "type", "category", "类型", "类别"),
    "summary:en": ("summary", "short description", "简介 英文"),
    "summary:zh-hans": ("简介", "摘要", "中文简介"),
    "area_ha": ("area", "area ha", "hectares", "面积", "面积公顷"),
    "event:built": ("built", "建造", "始建", "建成时间"),
    "event:founded": ("founded", "established", "创建", "建立"),
    # Such a heading says neither that it was founded then, nor what stands.
    "event:dated": ("date", "dates", "era", "period", "dynasty", "年代", "时代", "朝代"),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file, with what it was recognised as."""

    source: SourceFile
    official: OfficialList | None

    @property
    def headers(self) -> list[str]:
        if self.official is not None:
            return list(self.official.columns)
        return [] if self.source.needs_sheet else self.source.columns

    def rows(self) -> Iterator[Row]:
        return iter(self.official) if self.official is not None else self.source.rows()


def folder() -> Path:
    path = Path(settings.IMPORTS_ROOT)
    path.mkdir(mode=0o750, parents=True, exist_ok=True)
    return path


def open_import(of_import: Import) -> Opened:
    """The stored file. Raises UnreadableFile."""
    source = open_file(folder() / of_import.path, of_import.name)
    if of_import.sheet:
        source.sheet = of_import.sheet
    with_texts = bool(Options.from_json(of_import.options).texts_licence)
    official = None if source.needs_sheet else recognise(source, with_texts=with_texts)
    return Opened(source, official)


def add(path: Path, name: str, user: User | None, sheet: str = "", **options: Any) -> Import:
    """An import of a file, with its columns guessed; the file is copied. Raises UnreadableFile."""
    stored = f"{new_uid()}{path.suffix.lower()[:10]}"
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    of_import = Import(
        name=name[:200],
        digest=digest.hexdigest(),
        path=stored,
        sheet=sheet,
        user=user,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        options=Options.from_json(options).as_json(),
    )
    shutil.copyfile(path, folder() / stored)
    try:
        look(of_import)
    except BaseException:
        (folder() / stored).unlink(missing_ok=True)
        raise
    of_import.save()
    return of_import


def look(of_import: Import) -> Opened:
    """Open the file, and set on the unsaved import what it (and its chosen sheet) contains."""
    found = open_import(of_import)
    of_import.headers = found.headers
    of_import.sheet = found.source.sheet or ""
    signature = "\n".join(of_import.headers)
    of_import.signature = hashlib.sha256(signature.encode()).hexdigest()
    of_import.notes = list(found.source.notes)
    if found.official is not None:
        of_import.register, of_import.edition = found.official.register, found.official.edition
        of_import.notes += found.official.notes
    of_import.mapping = guess(of_import)
    return found


def sample(found: Opened) -> list[Row]:
    return [] if found.source.needs_sheet else list(itertools.islice(found.rows(), SHOWN_ROWS))


def guess(of_import: Import) -> dict[str, str]:
    """The columns of a site by header: as chosen last for these headers, else by their names."""
    earlier = remembered(of_import)
    return dict(earlier.mapping) if earlier is not None else guess_by_names(of_import)


def remembered(of_import: Import) -> Import | None:
    """The last other import with the same headers, for which somebody has chosen columns."""
    if of_import.register:  # whose columns are known
        return None
    earlier = Import.objects.filter(signature=of_import.signature).exclude(mapping={})
    earlier = earlier.exclude(state=Import.State.NEW).exclude(pk=of_import.pk)
    return earlier.order_by("-pk").first()


def guess_by_names(of_import: Import) -> dict[str, str]:
    """The columns of a site by header, by what the headers say; an empty key leaves one out."""
    keys = known_names(of_import.headers)
    mapping, used = {}, set()
    for header in of_import.headers:
        key = keys.get(header) or keys.get(folded(header), "")
        mapping[header] = key if key not in used else ""
        used.add(key)
    return mapping


def known_names(headers: list[str]) -> dict[str, str]:
    """The keys of columns by key, by label in each language of the interface, and by habit."""
    columns = ImportColumns(headers).by_key
    found: dict[str, str] = {}
    for key, names in _CALLED.items():
        found |= {folded(name): key for name in names}
    for code in interface_languages():
        with translation.override(code):
            for key, column in columns.items():
                found.setdefault(folded(column.label), key)
    return found | {key: key for key in columns}


def needs_datum(of_import: Import) -> bool:
    """Whether the user must say in which datum the coordinates are."""
    points = {"point", "latitude", "longitude"} & set(of_import.mapping.values())
    return bool(points) and not of_import.register and not of_import.options.get("datum")


def remove(of_import: Import) -> None:
    """Delete the stored file, once its rows are read."""
    if of_import.path:
        (folder() / of_import.path).unlink(missing_ok=True)
        of_import.path = ""
