"""Tables as GeoPackage 1.3 (OGC 12-128r17), by sqlite3 alone and without a spatial index."""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from heritage.formats.downloads.columns import Value
from heritage.formats.downloads.table import About, FileTable, rows_of

_APPLICATION, _VERSION = 0x47504B47, 10300  # "GPKG", 1.3.0
_WGS84 = 4326
_TYPES = {"text": "TEXT", "integer": "INTEGER", "year": "INTEGER", "number": "REAL"}
_WGS84_TEXT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AXIS["Latitude",NORTH],'
    'AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_SCHEMA = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
  description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL,
  m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
  md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT,
  column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""
_METADATA = "http://www.geopackage.org/spec121/#extension_metadata"


def write_geopackage(path: Path, table: FileTable) -> Iterator[int]:
    """One layer, `sites`, of points; a site without one is a feature without geometry."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"PRAGMA application_id = {_APPLICATION}")
        file.execute(f"PRAGMA user_version = {_VERSION}")
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute("BEGIN")
        for statement in _SCHEMA.split(";"):
            file.execute(statement)
        _describe(file, table)
        columns = ", ".join(
            f'"{each.key}" {_TYPES.get(each.datatype, "TEXT")}' for each in table.columns
        )
        file.execute(
            "CREATE TABLE sites (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
            f" geom POINT, {columns})"
        )
        names = ", ".join(f'"{key}"' for key in table.keys)
        places = ", ".join("?" * (len(table.columns) + 1))
        insert = f"INSERT INTO sites (geom, {names}) VALUES ({places})"  # noqa: S608 - our names
        longitude, latitude = table.point
        done, west, south, east, north = 0, 180.0, 90.0, -180.0, -90.0
        for portion in table.portions:
            rows: list[list[Value | bytes]] = []
            for row in rows_of(portion):
                x, y = row[longitude], row[latitude]
                geometry = None
                if isinstance(x, float | int) and isinstance(y, float | int):
                    west, south = min(west, x), min(south, y)
                    east, north = max(east, x), max(north, y)
                    geometry = struct.pack("<2sBBiBIdd", b"GP", 0, 1, _WGS84, 1, 1, x, y)
                rows.append([geometry, *(None if value == "" else value for value in row)])
            file.executemany(insert, rows)
            done += len(portion[0])
            yield done
        if west <= east:
            file.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?",
                (west, south, east, north),
            )
        file.execute("COMMIT")


def _describe(file: sqlite3.Connection, table: FileTable) -> None:
    """What it holds, and under which licence and from which sources."""
    about = table.about
    undefined = [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", None),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
        ("WGS 84 geodetic", _WGS84, "EPSG", _WGS84, _WGS84_TEXT, "longitude, latitude"),
    ]
    file.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", undefined)
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,"
        " srs_id) VALUES ('sites', 'features', ?, ?, ?, ?)",
        (about.title, about.address, f"{about.made_at:%Y-%m-%dT%H:%M:%S.000Z}", _WGS84),
    )
    file.execute(
        "INSERT INTO gpkg_geometry_columns VALUES ('sites', 'geom', 'POINT', ?, 0, 0)", (_WGS84,)
    )
    file.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', ?, 'read-write')",
        [("gpkg_metadata", _METADATA), ("gpkg_metadata_reference", _METADATA)],
    )
    file.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'https://www.w3.org/TR/vocab-dcat-3/',"
        " 'text/plain', ?)",
        ("\n".join(_description(about)),),
    )
    file.execute(
        "INSERT INTO gpkg_metadata_reference (reference_scope, md_file_id) VALUES ('geopackage', 1)"
    )


def _description(about: About) -> Iterator[str]:
    yield from about.lines
    for source in about.sources:
        yield source.line
