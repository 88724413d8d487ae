"""A catalogue of an earlier version keeps history, permissions and fixtures when it is upgraded."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from heritage.exchange.fixtures import load
from heritage.models import (
    Change,
    ChangeSet,
    Designation,
    Import,
    LoadedRow,
    PendingRefresh,
    Register,
    Site,
    SiteDate,
)
from heritage.models.base import untracked
from heritage.models.unit_of_work import change_set
from heritage.search import store
from heritage.services.history import changes_of
from heritage.services.undo import undo
from tests import builders as build

pytestmark = pytest.mark.django_db(transaction=True)


def row(model, uid, **fields):
    return {"model": f"heritage.{model}", "fields": {"uid": uid, **fields}}


LIST = {"slug": "whl", "role": "world_heritage", "label": {"en": "World Heritage List"}}
TERM = {"facet": "category", "code": "cultural", "label": {"en": "Cultural"}}
ENTRIES = ("whl-1", "whl-2", "whl-3")


def fixture(path, register, term):
    """A file of a register with a term and entries, by these names of models and of the column."""
    objects = [
        row(register, "whl", **LIST),
        row(term, "whl.cultural", **TERM, **{register: ["whl"]}),
        *(row("designation", uid, reference=uid, **{register: ["whl"]}) for uid in ENTRIES),
    ]
    path.write_text(json.dumps(objects), encoding="utf-8")
    return path


@pytest.fixture
def migrated():
    """Migrates the catalogue to a migration and back to the newest."""
    yield lambda name: call_command("migrate", "heritage", name, verbosity=0)
    call_command("migrate", verbosity=0)


def permissions(group, model):
    return set(
        group.permissions.filter(content_type__model=model).values_list("codename", flat=True)
    )


def stored(model):
    """A model as the migrations that are applied leave it."""
    loader = MigrationLoader(connection)
    state = loader.project_state([key for key in loader.applied_migrations if key[0] == "heritage"])
    return state.apps.get_model("heritage", model).objects


def test_schemes_become_registers(tmp_path, migrated):
    call_command("migrate", verbosity=0)  # groups, which another test may have flushed
    old = fixture(tmp_path / "list.json", "scheme", "schemeterm")
    assert load([old]).created == 5
    editor, user = Group.objects.get(name="editor"), build.make_user("li")
    editor.permissions.remove(Permission.objects.get(codename="delete_register"))
    national = build.make_register("protection")
    with change_set("edit", user) as moved:
        Designation.objects.get(uid="whl-1").delete()
        entry = Designation.objects.get(uid="whl-2")
        entry.register, entry.reference = national, "A"
        entry.save()
    PendingRefresh.objects.create(
        model="heritage.register", object_id=national.pk, columns=["role"]
    )

    migrated("0005_plainer_names")  # as the version before left it
    written = stored("Change").filter(change_set=moved.pk).order_by("pk")
    assert [(each.before["scheme"], each.after) for each in written] == [
        (entry.register_id - 1, None),
        (entry.register_id - 1, {"scheme": national.pk, "reference": "A"}),
    ]
    assert stored("Scheme").count() == 2
    assert permissions(editor, "scheme") == {"view_scheme", "add_scheme", "change_scheme"}
    labels = stored("LoadedRow").order_by("uid").values_list("label", flat=True)
    assert list(labels) == ["heritage.scheme", *["heritage.designation"] * 3, "heritage.schemeterm"]
    entry_as_written = ["heritage.designation", json.loads(old.read_text())[-1]["fields"]]
    text = json.dumps(entry_as_written, sort_keys=True, ensure_ascii=False)
    digest = stored("LoadedRow").get(uid="whl-3").source_digest
    assert digest == hashlib.sha256(text.encode()).hexdigest()

    call_command("migrate", verbosity=0)
    assert permissions(editor, "register") == {"view_register", "add_register", "change_register"}
    assert not Permission.objects.filter(codename__endswith="_scheme").exists()
    assert PendingRefresh.objects.get().model == "heritage.register"
    new = fixture(tmp_path / "list.json", "register", "registerterm")
    for file in (new, fixture(tmp_path / "list.json", "scheme", "schemeterm")):
        report = load([file])
        assert (report.unchanged, report.held, report.edited) == (3, 2, [])
        assert not report.has_changed
    assert set(LoadedRow.objects.values_list("label", flat=True)) == {
        "heritage.register", "heritage.registerterm", "heritage.designation",
    }  # fmt: skip
    assert Change.objects.get(change_set=moved.pk, after__isnull=True).before["register"]
    entry = Designation.objects.get(uid="whl-2")
    assert [change.after for change in changes_of(entry)][-1]["register"] == national.pk
    assert changes_of(Register.objects.get(uid="whl"))
    undo(ChangeSet.objects.get(pk=moved.pk))
    assert set(Designation.objects.values_list("uid", "register__uid")) == {
        (uid, "whl") for uid in ENTRIES
    }
    assert Designation.objects.get(uid="whl-2").reference == "whl-2"


def test_questions_of_plans_are_still_asked(migrated):
    of_import = Import.objects.create(name="sites.csv", language="zh-hans")
    options = [["same:1", {"en": "It is A", "zh-hans": "就是甲"}]]
    words = {"en": "Which site is it?", "zh-hans": "是哪处遗产？"}
    of_import.questions.create(key="match:2", kind="match", words=words, options=options)
    migrated("0025_sights")
    was = stored("ImportQuestion").get()
    assert (was.text, was.options) == ("是哪处遗产？", [["same:1", "就是甲"]])
    call_command("migrate", verbosity=0)
    question = of_import.questions.get()
    assert (question.text, question.choices) == ("是哪处遗产？", [("same:1", "就是甲")])


def test_readers_get_the_latest_date_that_there_was(migrated):
    draft, changed, published = (build.make_site(f"Site {number}") for number in range(3))
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
    for site, published_at in ((draft, None), (changed, days[0]), (published, days[2])):
        untracked(Site).filter(pk=site.pk).update(updated_at=days[1], published_at=published_at)
    migrated("0011_backups_and_thinning")
    call_command("migrate", verbosity=0)
    found = SiteDate.objects.order_by("pk").values_list("changed_at", flat=True)
    assert list(found) == [days[1], days[1], days[2]]
    migrated("0012_public_changed_at")
    before = stored("Site").order_by("pk").values_list("public_changed_at", flat=True)
    assert list(before) == [days[1], days[1], days[2]]


def test_a_site_that_code_of_an_earlier_version_adds_has_a_date_nevertheless(migrated):
    site = build.make_site()
    SiteDate.objects.all().delete()
    assert Site.objects.get().public_changed_at == Site.objects.get().updated_at
    assert store.rebuilt(0, "").changed_at(site.pk) == Site.objects.get().updated_at
    call_command("reindex", verbosity=0)
    assert SiteDate.objects.get().changed_at == Site.objects.get().updated_at
