"""The whole catalogue as one file: in an empty database it is the same, with its pictures."""

import json
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from heritage.exchange import catalogue_file, fixtures
from heritage.exchange.fixtures import FixtureError
from heritage.models import (
    ChangeSet,
    Event,
    FormerSlug,
    Image,
    Kind,
    LoadedRow,
    Record,
    Site,
    SiteDate,
    untracked,
)
from heritage.search import store
from heritage.services import undo
from tests import builders as build
from tests.index_comparison import assert_as_rebuilt, assert_nothing_to_derive
from tests.random_catalogue import Catalogue

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 5, 1, 12, 30, 15, 123456, tzinfo=UTC)


def clear() -> None:
    """Delete all records by their own ways, children first."""
    Site.objects.all().delete()
    for model in reversed(catalogue_file.exported_models()):
        if model is not Site:
            rows = model.objects.all()
            if any(f.name in ("parent", "superseded_by") for f in model._meta.concrete_fields):
                for name in ("parent", "superseded_by"):
                    if any(f.name == name for f in model._meta.concrete_fields):
                        rows.update(**{name: None})
            rows.delete()
    LoadedRow.objects.all().delete()


@pytest.fixture
def full(settings, tmp_path):
    """A catalogue with something of every kind, of which a copy is at the path."""
    settings.MEDIA_ROOT = tmp_path / "media"
    li = build.make_user("li")
    Catalogue(random.Random(3)).populate(12)
    site = build.make_site("Longmen", "龙门", slug="old-name", blur_km=None, area_ha="1.5")
    site.rename("longmen")
    build.make_image(site)
    build.make_event(site, "founded", "0493", first_era=build.make_era())
    untracked(Site).filter(pk=site.pk).update(created_at=LONG_AGO, created_by=li)
    SiteDate.objects.filter(pk=site.pk).update(changed_at=LONG_AGO)
    path = tmp_path / "catalogue.zip"
    done = catalogue_file.export(path)
    assert done.checksum == catalogue_file.checksum() and done.files >= 1
    return path


def rows() -> dict[str, list]:
    return {
        model.__name__: [catalogue_file._line(row) for row in catalogue_file._rows(model)]
        for model in catalogue_file.exported_models()
    }


def test_an_empty_database_becomes_the_same(full, settings, tmp_path):
    before, checksum = rows(), catalogue_file.checksum()
    assert sum(map(len, before.values())) > 50 and all(
        before[name] for name in ("Event", "FormerSlug", "Image", "Kind", "Source", "Designation")
    )
    clear()
    assert not any(model.objects.exists() for model in catalogue_file.exported_models())
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    done = catalogue_file.restore(full)
    assert (done.checksum, done.only_here, done.unknown_people) == (checksum, 0, [])
    assert rows() == before and catalogue_file.checksum() == checksum
    longmen = Site.objects.get(slug="longmen")
    assert longmen.created_at == LONG_AGO and longmen.created_by.username == "li"
    assert SiteDate.objects.get(pk=longmen.pk).changed_at == LONG_AGO
    assert FormerSlug.objects.filter(site=longmen, slug="old-name").exists()
    image = Image.objects.get(site=longmen)
    assert done.files >= 1 and Path(image.file.path).is_relative_to(settings.MEDIA_ROOT)
    assert Path(image.file.path).read_bytes()
    assert_as_rebuilt(store.current())
    assert_nothing_to_derive()


def test_what_is_there_is_updated_by_uid_and_nothing_deleted(full):
    before = rows()
    site = Site.objects.get(slug="longmen")
    site.name = build.text("Changed")
    site.save()
    Event.objects.filter(site=site).delete()
    build.make_kind("Only here")
    done = catalogue_file.restore(full)
    assert (done.report.created, done.report.updated, done.only_here) == (1, 1, 1)
    assert Site.objects.get(pk=site.pk).name["en"] == "Longmen"
    Kind.objects.get(label__en="Only here").delete()
    assert rows() == before
    again = catalogue_file.restore(full)
    assert (again.report.created, again.report.updated) == (0, 0)
    last = ChangeSet.objects.filter(kind="import").order_by("pk").last()
    undo.undo(last)
    assert Site.objects.get(pk=site.pk).name["en"] == "Changed"


def test_a_trial_changes_nothing(full, capsys):
    Site.objects.filter(slug="longmen").update(featured=5)
    before = rows()
    call_command("import_catalogue", full, dry_run=True)
    said = capsys.readouterr().out
    assert "1 updated" in said and "nothing was changed" in said and rows() == before


def test_later_fixtures_do_not_overwrite_it(full, tmp_path):
    """Nor do they bring again what was deleted where the file was made."""
    fixture = tmp_path / "kinds.json"
    kinds = [
        {
            "model": "heritage.kind",
            "fields": {"uid": f"own{n}", "slug": f"own{n}", "label": {"en": "K"}},
        }
        for n in (1, 2)
    ]
    fixture.write_text(json.dumps(kinds))
    fixtures.install([fixture])
    Kind.objects.get(uid="own2").delete()
    copy = tmp_path / "copy.zip"
    catalogue_file.export(copy)
    clear()
    catalogue_file.restore(copy)
    for each in kinds:
        each["fields"]["label"] = {"en": "Newer"}
    fixture.write_text(json.dumps(kinds))
    report = fixtures.install([fixture])
    assert len(report.edited) == 2
    assert Kind.objects.get(uid="own1").label["en"] == "K"
    assert not Kind.objects.filter(uid="own2").exists()


def changed(path: Path, member: str, change) -> Path:
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.startswith(member) else content)
    return other


@pytest.mark.parametrize(
    ("member", "change", "why"),
    [
        ("catalogue.json", lambda text: text.replace(b"Longmen", b"Longman"), "checksum"),
        ("catalogue.json", lambda text: text.replace(b'"format":1', b'"format":9'), "format"),
        ("catalogue.json", lambda text: text[:-20], "no file of a catalogue"),
        ("files/image.file", lambda content: content[:-1] + b"x", "is damaged"),
    ],
)
def test_a_damaged_file_changes_nothing(full, settings, tmp_path, member, change, why):
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    Site.objects.filter(slug="longmen").update(featured=5)
    before = rows()
    with pytest.raises(FixtureError, match=why):
        catalogue_file.restore(changed(full, member, change))
    assert rows() == before
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_the_commands_tell_what_they_did(full, tmp_path, capsys):
    path = tmp_path / "by-command.zip"
    call_command("export_catalogue", path)
    assert f"checksum {catalogue_file.checksum()}" in capsys.readouterr().out
    call_command("import_catalogue", path)
    assert "0 created, 0 updated" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import_catalogue", tmp_path / "nothing.zip")
    Path(Image.objects.get(site__slug="longmen").file.path).unlink()
    call_command("export_catalogue", path)
    assert "not there, and left out" in capsys.readouterr().err


def test_every_record_of_sites_is_in_it():
    told = set(catalogue_file.exported_models())
    records = {model for model in apps.get_models() if issubclass(model, Record)}
    assert {model.__name__ for model in records - told} == {
        "Correction", "Review", "ReviewComment",
    }  # fmt: skip
