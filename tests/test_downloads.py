"""Lists as files: each format is read again by a reader that knows nothing of its writer."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import zipfile
from contextlib import closing
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import override_settings
from django.urls import reverse

from heritage.exchange import importing
from heritage.formats import Addresses, downloads
from heritage.formats.downloads import editions, making
from heritage.models import (
    Blur,
    CommandRun,
    Identifier,
    IdentifierScheme,
    Job,
    PreparedFile,
    Site,
    row_values,
)
from heritage.search import SiteFilter, current_index
from heritage.search.page_rows import table_rows
from heritage.values.cell_text import as_meant, harmless
from heritage.web.data import files
from tests import builders as build
from tests.test_jobs import work

pytestmark = pytest.mark.django_db

NAMES = {"main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
KML = {"kml": "http://www.opengis.net/kml/2.2"}
ODS = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
    for name in ("office", "table", "text")
}
FORMULA = "=HYPERLINK(1)"


def parse(text):
    return ElementTree.fromstring(text)  # noqa: S314 - our own


@pytest.fixture
def sites():
    """A full one, one that is blurred and has no texts, one without a point, and a draft."""
    licence = build.make_licence("CC-BY-4.0")
    source = build.make_source("A register", licence=licence, url="https://register.example/")
    era = build.make_era("Tang", "唐", slug="tang")
    full = build.make_site(
        "Longmen",
        "龙门",
        slug="longmen",
        kinds=[build.make_kind("Caves", "石窟", slug="caves")],
        sources=[source],
        place=build.make_place("Luoyang", "洛阳", slug="luoyang"),
        latitude=34.5556,
        longitude=112.4697,
        area_ha="331.5",
        summary=build.text(FORMULA, "一\n二  三"),
        note=build.text("5 < 6 & \x0b"),
    )
    build.make_event(full, "founded", "0493", first_era=era)
    build.make_coverage(full, build.make_designation("world_heritage", "1003", ("2000",)))
    build.make_name(full, "Dragon's Gate")
    build.make_site("Tomb", "墓", slug="tomb", latitude=34.1234, longitude=-108.9, blur_km=Blur.KM5)
    build.make_site("Nowhere", slug="nowhere")
    build.make_site("Draft", slug="draft", state="draft", latitude=1.0, longitude=1.0)
    return full


def fetch(client, extension, query="", language="en"):
    response = client.get(f"/{language}/sites.{extension}?{query}")
    assert response.status_code == 200, response.content[:500]
    return response


# --- readers of each format: rows as dicts of text, by uid, and what else the file says ---------


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode()))), ""


def read_jsonl(content):
    return [json.loads(line) for line in content.splitlines()], ""


def read_geojson(content):
    found = json.loads(content)
    for each in found["features"]:
        cells, at = each["properties"], each["geometry"]
        assert (at["coordinates"] if at else [None, None]) == [
            cells.get("longitude"),
            cells.get("latitude"),
        ]
    return [each["properties"] for each in found["features"]], json.dumps(
        {name: value for name, value in found.items() if name != "features"}
    )


def read_xlsx(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheets = []
    for number in (1, 2):
        sheet = parse(archive.read(f"xl/worksheets/sheet{number}.xml"))
        assert not sheet.findall(".//main:f", NAMES), "a formula"
        rows = []
        for row in sheet.findall(".//main:row", NAMES):
            cells = {}
            for cell in row.findall("main:c", NAMES):
                text = "".join(each.text or "" for each in cell.findall(".//main:t", NAMES))
                value = cell.find("main:v", NAMES)
                cells[re.match("[A-Z]+", cell.get("r"))[0]] = (
                    text if value is None else text or value.text
                )
            rows.append(cells)
        sheets.append(rows)
    head, *rows = sheets[0]
    return [{head[column]: value for column, value in row.items()} for row in rows], json.dumps(
        sheets[1]
    )


def read_ods(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    tables = parse(archive.read("content.xml")).findall(".//table:table", ODS)
    sheets = []
    for table in tables:
        rows = []
        for row in table.findall("table:table-row", ODS):
            cells = []
            for cell in row.findall("table:table-cell", ODS):
                for gap in cell.iter(f"{{{ODS['text']}}}s"):
                    gap.text = " "
                texts = ["".join(p.itertext()) for p in cell.findall("text:p", ODS)]
                cells.append("\n".join(texts))
            rows.append(cells)
        sheets.append(rows)
    head, *rows = sheets[0]
    return [dict(zip(head, row, strict=True)) for row in rows], json.dumps(sheets[1])


def read_gpkg(content, tmp_path):
    path = tmp_path / "sites.gpkg"
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as base:
        base.row_factory = sqlite3.Row
        return _read_gpkg(base)


def _read_gpkg(base):
    ask = lambda sql: base.execute(sql).fetchall()  # noqa: E731
    assert ask("PRAGMA application_id")[0][0] == 0x47504B47
    assert ask("PRAGMA user_version")[0][0] == 10300
    assert not ask("PRAGMA foreign_key_check") and ask("PRAGMA integrity_check")[0][0] == "ok"
    [layer] = ask("SELECT * FROM gpkg_contents")
    assert (layer["table_name"], layer["data_type"], layer["srs_id"]) == ("sites", "features", 4326)
    [column] = ask("SELECT * FROM gpkg_geometry_columns")
    assert (column["column_name"], column["geometry_type_name"]) == ("geom", "POINT")
    assert {row["srs_id"] for row in ask("SELECT * FROM gpkg_spatial_ref_sys")} >= {-1, 0, 4326}
    rows, points = [], []
    for row in ask("SELECT * FROM sites"):
        cells = dict(row)
        geometry = cells.pop("geom")
        if geometry is not None:
            magic, version, flags, srs, order, kind, x, y = struct.unpack("<2sBBiBIdd", geometry)
            assert (magic, version, flags, srs, order, kind) == (b"GP", 0, 1, 4326, 1, 1)
            assert (x, y) == (cells["longitude"], cells["latitude"])
            points.append((x, y))
        else:
            assert cells["latitude"] is None
        rows.append(cells)
    if points:
        xs, ys = zip(*points, strict=True)
        extent = [layer[name] for name in ("min_x", "min_y", "max_x", "max_y")]
        assert extent == [min(xs), min(ys), max(xs), max(ys)]
    [told] = ask(
        "SELECT metadata FROM gpkg_metadata, gpkg_metadata_reference WHERE md_file_id = id"
    )
    return rows, told[0]


def read_kml(content):
    document = parse(content).find("kml:Document", KML)
    rows = []
    for mark in document.findall("kml:Placemark", KML):
        data = mark.findall(".//kml:Data", KML)
        cells = {each.get("name"): each.find("kml:value", KML).text for each in data}
        at = mark.find(".//kml:coordinates", KML)
        place = at.text.split(",") if at is not None else [None, None]
        assert place == [cells.get("longitude"), cells.get("latitude")]
        rows.append(cells)
    return rows, document.find("kml:description", KML).text


READERS = {
    "csv": read_csv,
    "jsonl": read_jsonl,
    "geojson": read_geojson,
    "xlsx": read_xlsx,
    "ods": read_ods,
    "gpkg": read_gpkg,
    "kml": read_kml,
}


@pytest.mark.parametrize("extension", downloads.FORMATS)
def test_each_format_is_read_again(client, sites, extension, tmp_path):
    response = fetch(client, extension)
    assert response["Content-Type"] == downloads.FORMATS[extension].content_type
    assert f'filename="sites-en.{extension}"' in response["Content-Disposition"]
    more = [tmp_path] if extension == "gpkg" else []
    rows, told = READERS[extension](response.content, *more)
    by_title = {row["title"]: row for row in rows}
    assert set(by_title) == {"Longmen", "Tomb", "Nowhere"}
    full = by_title["Longmen"]
    expected = {
        "uid": sites.uid, "url": "http://testserver/en/sites/longmen/", "kinds": "caves",
        "kinds_label": "Caves", "place": "luoyang", "latitude": "34.5556",
        "longitude": "112.4697", "area_ha": "331.5", "beginning": "founded",
        "beginning_date": "0493", "beginning_year": "493", "beginning_era": "tang",
        "unesco": "inscribed", "inscribed_year": "2000", "other_names": "Dragon's Gate",
        "name:zh-hans": "龙门", "sources": sites.sources.get().uid,
        "summary:zh-hans": "一\n二  三", "terms": "http://testserver/en/data/#terms",
    }  # fmt: skip
    assert {key: str(full.get(key, "")) for key in expected} == expected
    assert re.search("1003", str(full["registers"]))
    assert full["note:en"].startswith("5 < 6 &")
    formula = f"'{FORMULA}" if extension == "csv" else FORMULA
    assert full["summary:en"] == formula
    assert not by_title["Nowhere"].get("latitude")
    # Blurred as on pages, and said so.
    tomb = by_title["Tomb"]
    assert (str(tomb["blurred_km"]), str(tomb["latitude"])) == ("5", "34.125") or (
        float(tomb["latitude"]) != 34.1234 and str(tomb["blurred_km"]) == "5"
    )
    assert b"34.1234" not in response.content
    if told:  # CSV and JSON Lines have no place for it but their columns
        assert "A register" in told and "https://register.example/" in told
        assert "CC-BY-4.0" in told and "http://testserver/en/data/#terms" in told


def program(name):
    """A program that only .ci/run installs: there it must be, elsewhere the test is left out."""
    found = shutil.which(name)
    if not found and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed")
    assert found, f"{name} is not installed"
    return found


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 and "ERROR" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("extension", ["geojson", "gpkg"])
def test_gdal_opens_what_is_for_maps(client, sites, extension, tmp_path):
    path = tmp_path / f"sites.{extension}"
    path.write_bytes(fetch(client, extension).content)
    told = run(program("ogrinfo"), "-ro", "-al", "-so", path)
    assert "Feature Count: 3" in told and "WGS 84" in told
    extent = re.search(r"Extent: \(([^,]+), ([^)]+)\) - \(([^,]+), ([^)]+)\)", told)
    assert float(extent[3]) == pytest.approx(112.4697) and float(extent[4]) == pytest.approx(
        34.5556
    )
    rows = csv.DictReader(io.StringIO(run(program("ogr2ogr"), "-f", "CSV", "/vsistdout/", path)))
    full = next(row for row in rows if row["title"] == "Longmen")
    assert full["summary:en"] == FORMULA and full["summary:zh-hans"] == "一\n二  三"
    assert float(full["area_ha"]) == 331.5


def test_libreoffice_opens_spreadsheets(client, sites, tmp_path):
    office = program("soffice")
    for extension in ("xlsx", "ods"):
        path = tmp_path / f"{extension}.{extension}"
        path.write_bytes(fetch(client, extension).content)
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76"
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    paths = (tmp_path / "xlsx.xlsx", tmp_path / "ods.ods")
    run(office, home, "--headless", "--convert-to", as_csv, "--outdir", tmp_path, *paths)
    for extension in ("xlsx", "ods"):
        with (tmp_path / f"{extension}.csv").open(encoding="utf-8", newline="") as file:
            rows = {row["title"]: row for row in csv.DictReader(file)}
        assert set(rows) == {"Longmen", "Tomb", "Nowhere"}
        full = rows["Longmen"]
        assert (full["summary:en"], full["area_ha"]) == (FORMULA, "331.5")
        assert full["summary:zh-hans"] == "一\n二  三"


def test_all_formats_have_the_columns_that_the_page_of_data_explains(client, sites, tmp_path):
    keys = [column.key for column in downloads.COLUMNS]
    assert len(set(keys)) == len(keys)
    page = client.get("/en/data/").text
    assert all(f'lang="en">{key}</th>' in page for key in keys)
    rows, _told = read_csv(fetch(client, "csv").content)
    assert list(rows[0]) == keys
    rows, _told = read_gpkg(fetch(client, "gpkg").content, tmp_path)
    assert list(rows[0]) == ["fid", *keys]
    zh = client.get("/zh-hans/data/").text
    assert "数据" in zh and all(str(column.description) for column in downloads.COLUMNS)


def test_a_value_is_of_the_type_that_is_declared(client, sites):
    types = {"text": str, "datetime": str, "integer": int, "year": int, "number": (int, float)}
    for row in read_jsonl(fetch(client, "jsonl").content)[0]:
        for column in downloads.COLUMNS:
            value = row.get(column.key)
            assert value is None or isinstance(value, types[column.datatype]), column.key


def test_each_cell_is_of_the_site_of_its_row(sites, monkeypatch):
    """Files are made column by column, in portions: a site alone has the same cells."""
    song, tang = build.make_era("Song", slug="song"), sites.events.get().first_era
    temple = build.make_site(
        "Temple",
        kinds=[build.make_kind("Temple", slug="temple"), *sites.kinds.all()],
        place=sites.place,
    )
    build.make_event(temple, "in_use", "1200", first_era=song)
    build.make_event(temple, "built", first_era=tang, last_era=song)
    for date in ("1100", "0900"):
        build.make_event(temple, "fabric", date, first_era=song)
    build.make_event(temple, "fabric", first_era=tang, last_era=song)
    for name in ("Hall; of books", "A temple"):
        build.make_name(temple, name)
    scheme = IdentifierScheme.objects.create(slug="registry", label=build.text("Registry"))
    for value in ("5", "4"):
        Identifier.objects.create(site=temple, scheme=scheme, value=value)
    index, nobody = SiteFilter().index, 999_999
    ids = [temple.pk, nobody, *Site.objects.order_by("-pk").values_list("pk", flat=True)]

    def made(ids, *, for_editors=False):
        addresses = Addresses("https://h.example")
        context = making.Context(index, "en", addresses, for_editors)
        return [row for each in making.portions(context, ids) for row in zip(*each, strict=True)]

    for for_editors, count in ((False, 5), (True, 6)):
        alone = [row for pk in ids for row in made([pk], for_editors=for_editors)]
        with monkeypatch.context() as patch:
            patch.setattr(table_rows, "AT_ONCE", 3)
            assert made(ids, for_editors=for_editors) == alone and len(alone) == count
    [row] = made([temple.pk])
    cells = dict(zip([column.key for column in downloads.COLUMNS], row, strict=True))
    expected = {
        "title": "Temple", "kinds": "caves; temple", "place_label": "Luoyang",
        "beginning": "built", "beginning_date": None, "beginning_year": 618,
        "beginning_era": "tang/song", "eras": "tang/song; song",
        "eras_label": "Tang – Song; Song", "other_names": "A temple; Hall, of books",
        "identifiers": "registry:4; registry:5", "registers": "", "criteria": "", "unesco": "none",
        "latitude": None, "blurred_km": None, "precision": None, "summary:en": None,
    }  # fmt: skip
    assert {key: cells[key] for key in expected} == expected


def test_a_list_is_in_its_order_and_language(client, sites):
    rows, _told = read_csv(fetch(client, "csv", "kind=caves", "zh-hans").content)
    assert [(row["title"], row["kinds_label"]) for row in rows] == [("龙门", "石窟")]
    rows, _told = read_csv(fetch(client, "csv", "sort=name&view=map&page=2").content)
    assert [row["title"] for row in rows] == ["Longmen", "Nowhere", "Tomb"]
    assert fetch(client, "csv", "bom=1").content.startswith(b"\xef\xbb\xbfuid,")
    assert client.get("/en/sites.doc").status_code == 404
    bad = client.get("/en/sites.csv?era=nonsense")
    assert bad.status_code == 400 and "era" in bad.text


def test_a_file_that_one_has_is_not_made_again(client, sites):
    tag = fetch(client, "csv")["ETag"]
    again = client.get("/en/sites.csv", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    sites.summary = build.text("Other")
    sites.save()
    assert client.get("/en/sites.csv", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("what", ["columns", "version"])
def test_a_file_that_another_version_made_is_made_again(client, sites, settings, monkeypatch, what):
    tag = fetch(client, "csv")["ETag"]
    index = current_index()
    made_before = making.version_of(index)
    if what == "columns":
        monkeypatch.setattr(making, "COLUMNS", making.COLUMNS[:-1])
    else:
        settings.VERSION = "99.9"
    assert making.version_of(index) != made_before
    assert client.get("/en/sites.csv", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\tx", "＝1", "＠", "'=1", "''+", "'quoted'", "plain", "", "'"]
)
def test_the_apostrophe_before_a_formula_is_taken_off_again(text):
    assert as_meant(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "＝", "＠"))


# --- small and large ---------------------------------------------------------------------------


@pytest.fixture
def large(sites, monkeypatch, settings, tmp_path):
    """Two sites are many."""
    monkeypatch.setattr(files, "AT_ONCE", 2)
    monkeypatch.setattr(downloads, "AT_ONCE", 2)
    settings.PREPARED_ROOT = tmp_path / "prepared"


def test_a_large_file_is_prepared_once_and_then_given(client, large):
    CommandRun.objects.enter(CommandRun.WORKER)
    first = client.get("/en/sites.csv")
    assert first.status_code == 302
    assert client.get("/en/sites.csv")["Location"] == first["Location"]
    assert Job.objects.count() == 1
    page = client.get(first["Location"])
    assert page.status_code == 202 and "being prepared" in page.text
    work()
    given = client.get(first["Location"])
    rows, _told = read_csv(b"".join(given.streaming_content))
    assert len(rows) == 3 and given["Content-Disposition"].endswith('"sites-en.csv"')
    assert client.get("/zh-hans/sites.csv")["Location"] != first["Location"]
    build.make_site("Newer")
    assert client.get("/en/sites.csv")["Location"] != first["Location"]


def test_without_a_worker_the_page_says_what_cannot_be_had(client, large):
    refused = client.get("/en/sites.csv")
    assert refused.status_code == 503 and "does not run just now" in refused.text
    assert not PreparedFile.objects.exists()
    page = client.get("/en/download/").text
    assert "does not run just now" in page and "sites.csv" not in page
    assert "sites.csv?kind=caves" in client.get("/en/download/?kind=caves").text
    assert fetch(client, "csv", "kind=caves")
    CommandRun.objects.enter(CommandRun.WORKER)
    page = client.get("/en/download/").text
    assert "is being prepared first" in page and "/en/sites.csv" in page


def test_visitors_cannot_fill_the_queue(client, large, monkeypatch):
    CommandRun.objects.enter(CommandRun.WORKER)
    monkeypatch.setattr(files, "MOST_WAITING", 2)
    asked = [client.get(f"/en/sites.csv?sort=name&bom={bom}") for bom in ("", "1")]
    assert [each.status_code for each in asked] == [302, 302]
    full = client.get("/en/sites.jsonl")
    assert (full.status_code, full["Retry-After"]) == (503, "300")
    work()
    assert client.get("/en/sites.jsonl").status_code == 302


def test_a_format_that_cannot_hold_the_list_is_not_offered(client, sites, monkeypatch):
    kml = downloads.FORMATS["kml"]
    small = type(kml)(kml.extension, kml.label, kml.description, kml.content_type, kml.write, 2)
    monkeypatch.setitem(downloads.FORMATS, "kml", small)
    assert client.get("/en/sites.kml").status_code == 413
    page = client.get("/en/download/").text
    assert "sites.kml" not in page and "At most 2 rows" in " ".join(page.split())
    assert "sites.kml" not in client.get("/en/data/").text
    with pytest.raises(downloads.TooMany):
        list(downloads.Download("", "en", "kml", "", "1").write(None))


def test_one_file_is_made_at_a_time(client, sites):
    with files._in_turn():
        busy = client.get("/en/sites.csv")
    assert (busy.status_code, busy["Retry-After"]) == (503, "2")
    assert fetch(client, "csv")


def test_a_list_links_its_files(client, sites):
    page = client.get("/en/sites/?kind=caves&view=list").text
    link = re.search(r'href="(/en/download/\?[^"]*)"', page)[1]
    assert QueryDict(link.partition("?")[2]).dict() == {"kind": "caves"}
    page = client.get(link).text
    for extension in downloads.FORMATS:
        assert f'href="/en/sites.{extension}?kind=caves"' in page
    assert 'href="/en/sites.csv?kind=caves&amp;bom=1"' in page
    assert "下载" in client.get("/zh-hans/sites/").text
    robots = client.get("/robots.txt").text
    assert "Disallow: /en/sites." in robots and "Disallow: /zh-hans/download/" in robots


# --- all sites -----------------------------------------------------------------------------------


def test_files_of_all_sites_are_made_and_described(client, sites, settings, tmp_path, capsys):
    settings.PREPARED_ROOT = tmp_path / "prepared"
    call_command("make_downloads", formats="csv,geojson")
    assert capsys.readouterr().out.count(" bytes") == 4
    made = Job.objects.count()
    call_command("make_downloads", formats="csv,geojson")  # nothing has changed
    assert Job.objects.count() == made == 4
    with pytest.raises(CommandError, match="doc"):
        call_command("make_downloads", formats="doc")
    file = client.get("/en/data/sites.csv", follow=True)
    content = b"".join(file.streaming_content)
    assert len(read_csv(content)[0]) == 3
    sha256 = hashlib.sha256(content).hexdigest()
    assert sha256 in client.get("/en/data/").text
    document = json.loads(client.get("/en/data/catalogue.jsonld").content)
    [dataset] = document["dcat:dataset"]
    found = {each["@id"]: each for each in dataset["dcat:distribution"]}
    assert len(found) == 2 * len(downloads.FORMATS)
    told = found["http://testserver/en/data/sites.csv"]
    assert told["spdx:checksum"]["spdx:checksumValue"] == sha256
    assert told["dcat:byteSize"] == len(content)
    for address in found:
        assert client.get(address).status_code in (200, 302)
    build.make_site("Newer")
    call_command("make_downloads", formats="csv")
    kept = PreparedFile.objects.filter(parameters__extension="csv")
    assert kept.count() == 2 and len(list(settings.PREPARED_ROOT.iterdir())) == 4
    assert sha256 not in client.get("/en/data/").text


def test_the_worker_makes_them_each_night(sites, settings, tmp_path):
    settings.PREPARED_ROOT = tmp_path / "prepared"
    from heritage.services import jobs

    with override_settings(ALLOWED_HOSTS=["localhost", "heritage.example"], HTTPS=True):
        jobs.run_here("downloads")
        work()
    assert len(editions.ready()) == 2 * len(downloads.FORMATS)
    rows = read_csv(PreparedFile.objects.get(name="sites-en.csv").full_path.read_bytes())[0]
    assert all(row["url"].startswith("https://heritage.example/en/sites/") for row in rows)


def test_a_small_catalogue_gives_all_sites_without_a_worker(client, sites):
    assert client.get("/en/data/sites.jsonl").status_code == 200
    assert reverse("web:newest_file", args=["jsonl"]) in client.get("/en/data/").text


# --- read again ----------------------------------------------------------------------------------


def planned(path):
    of_import = importing.add(path, path.name, None, datum="wgs84")
    importing.plan(of_import, None, here=True)
    return of_import, {
        row.cells["uid"]: (row.outcome, row.problems) for row in of_import.rows.order_by("pk")
    }


@pytest.mark.parametrize("of_editors", [False, True])
def test_a_table_that_is_changed_and_imported_changes_just_that(
    client, admin_client, sites, tmp_path, of_editors
):
    sites.description = build.text("First *line*\n\n= second", "“引号”，\n- 二")
    sites.latitude, sites.longitude = 34.555567891, 112.4697
    sites.save()
    if of_editors:
        data = {
            "action": "export_csv",
            "_selected_action": list(Site.objects.values_list("pk", flat=True)),
        }
        content = admin_client.post("/en/admin/heritage/site/", data).getvalue()
    else:
        content = fetch(client, "csv").content
    path = tmp_path / "again.csv"
    path.write_bytes(content)
    _import, found = planned(path)
    assert {outcome for outcome, _problems in found.values()} == {"unchanged"}, [
        row.differences for row in _import.rows.all()
    ]
    before = {site.pk: site for site in Site.objects.all()}
    path.write_bytes(content.replace("龙门".encode(), "龙门石窟".encode()))
    of_import, found = planned(path)
    assert [uid for uid, (outcome, _p) in found.items() if outcome != "unchanged"] == [sites.uid]
    importing.apply(of_import, None, here=True)
    for pk, old in before.items():
        new = Site.objects.get(pk=pk)
        for column in row_values.recorded_columns(Site):
            if pk == sites.pk and column.name == "name":
                assert new.name == {"en": "Longmen", "zh-hans": "龙门石窟"}
            else:
                assert getattr(new, column.attname) == getattr(old, column.attname), column.name
    assert list(sites.kinds.values_list("slug", flat=True)) == ["caves"]
