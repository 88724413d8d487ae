"""Tables as CSV, JSON Lines and GeoJSON, written row by row."""

import csv
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO

import orjson

from heritage.formats.downloads.columns import Value
from heritage.formats.downloads.table import FileTable, rows_of
from heritage.values.cell_text import SUSPECT, harmless


def csv_text(out: IO[str], table: FileTable, bom: bool = False) -> Iterator[int]:
    """Cells that spreadsheets would compute have an apostrophe before them."""
    if bom:
        out.write("\ufeff")  # tells spreadsheets that the file is UTF-8
    rows, done = csv.writer(out), 0
    rows.writerow(table.keys)
    for portion in table.portions:
        rows.writerows(rows_of([_harmless(cells) for cells in portion]))
        done += len(portion[0])
        yield done


def _harmless(cells: Sequence[Value]) -> Sequence[Value]:
    """The cells of a column as spreadsheets leave them."""
    if not any(cells):  # as most texts in most languages
        return cells
    return [harmless(v) if v.__class__ is str and v[:1] in SUSPECT else v for v in cells]


def _write_csv(bom: bool, path: Path, table: FileTable) -> Iterator[int]:
    with path.open("w", encoding="utf-8", newline="") as out:
        yield from csv_text(out, table, bom)


write_csv = partial(_write_csv, False)
write_csv_with_bom = partial(_write_csv, True)


def _filled(keys: list[str], row: Sequence[Value]) -> dict[str, Value]:
    return {key: value for key, value in zip(keys, row, strict=True) if value not in (None, "")}


def write_json_lines(path: Path, table: FileTable) -> Iterator[int]:
    """An object a line, without its empty cells."""
    done = 0
    with path.open("wb") as out:
        for portion in table.portions:
            for row in rows_of(portion):
                out.write(orjson.dumps(_filled(table.keys, row), option=orjson.OPT_APPEND_NEWLINE))
            done += len(portion[0])
            yield done


def write_geojson(path: Path, table: FileTable) -> Iterator[int]:
    """A feature for each site; one without a point has no geometry (RFC 7946)."""
    about, (longitude, latitude), done = table.about, table.point, 0
    head = {
        "type": "FeatureCollection",
        "name": about.title,
        "url": about.address,
        "generated": f"{about.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "terms": about.terms,
        "license": about.terms_url,
        "columns": about.columns_url,
        "sources": [
            {
                "uid": source.uid,
                "citation": source.citation,
                "url": source.url,
                "licence": source.licence,
                "license": source.licence_url,
            }
            for source in about.sources
        ],
    }
    with path.open("wb") as out:
        out.write(orjson.dumps(head)[:-1] + b',"features":[')
        for portion in table.portions:
            for row in rows_of(portion):
                at = None
                if row[latitude] is not None:
                    at = {"type": "Point", "coordinates": [row[longitude], row[latitude]]}
                feature = {
                    "type": "Feature",
                    "id": row[0],
                    "geometry": at,
                    "properties": _filled(table.keys, row),
                }
                out.write((b",\n" if done else b"\n") + orjson.dumps(feature))
                done += 1
            yield done
        out.write(b"\n]}\n")
