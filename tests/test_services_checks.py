"""What would slip past the write path is found, and a database that is too old is left alone."""

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from heritage.models import Designation, Record, Site
from heritage.services.dependencies import (
    COLUMN_EFFECTS,
    SITES_OF,
    SITES_THAT_SHOW,
    ColumnEffect,
)
from heritage.services.system_checks import (
    check_database,
    check_machines,
    check_models,
    is_of_older_version,
    model_errors,
)


@pytest.mark.django_db
def test_every_model_goes_the_write_path():
    assert check_models() == []
    assert [error.id for error in checks.run_checks() if error.id.startswith("heritage")] == []


def ids(model) -> list[str]:
    return [error.id for error in model_errors(model)]


@isolate_apps("heritage")
def test_a_model_that_belongs_to_a_site_and_is_no_record_is_found():
    class Remark(models.Model):  # noqa: DJ008
        site = models.ForeignKey(Site, models.CASCADE)

        class Meta:
            app_label = "heritage"

    assert ids(Remark) == ["heritage.E001"]
    assert "Remark" in model_errors(Remark)[0].msg


@isolate_apps("heritage")
def test_a_record_whose_manager_writes_by_itself_is_found():
    class Remark(Record):
        objects = models.Manager()

        class Meta:
            app_label = "heritage"

    assert ids(Remark) == ["heritage.E002"]


@isolate_apps("heritage")
def test_a_record_whose_site_does_not_follow_it_is_found():
    class Remark(Record):
        designation = models.ForeignKey(Designation, models.CASCADE)

        class Meta:
            app_label = "heritage"

    assert ids(Remark) == ["heritage.E003"]
    Remark.owner = "designation"
    assert ids(Remark) == []


@isolate_apps("heritage")
def test_a_key_by_which_the_database_deletes_is_found():
    class Remark(Record):
        site = models.ForeignKey(Site, models.DB_CASCADE)
        owner = "site"

        class Meta:
            app_label = "heritage"

    assert ids(Remark) == ["heritage.E004"]


@isolate_apps("heritage")
def test_a_column_of_which_nobody_says_what_follows_from_it_is_found(monkeypatch):
    class Climate(Record):
        label = models.CharField(max_length=20)
        warmth = models.IntegerField()

        class Meta:
            app_label = "heritage"

    monkeypatch.setitem(
        COLUMN_EFFECTS, Climate, {"uid": ColumnEffect.NOTHING, "label": ColumnEffect.WORDS}
    )
    monkeypatch.setitem(SITES_OF, Climate, lambda ids: [])
    assert ids(Climate) == ["heritage.E008"]
    assert "“warmth”" in model_errors(Climate)[0].msg
    COLUMN_EFFECTS[Climate]["warmth"] = ColumnEffect.VALUES
    assert ids(Climate) == []
    del SITES_OF[Climate]
    assert ids(Climate) == ["heritage.E012"]
    assert "“label”, “warmth”" in model_errors(Climate)[0].msg
    COLUMN_EFFECTS[Climate] |= {"label": ColumnEffect.SHOWN, "warmth": ColumnEffect.NOTHING}
    assert ids(Climate) == ["heritage.E012"]
    monkeypatch.setitem(SITES_THAT_SHOW, Climate, lambda ids: [])
    assert ids(Climate) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("ALTER TABLE heritage_site RENAME COLUMN summary TO said", "heritage_site.summary"),
        ("DROP TABLE heritage_groupdefault", "heritage_groupdefault"),
        ("DELETE FROM django_migrations", "heritage.0001_initial"),
    ],
)
def test_a_database_of_before_1_0_is_refused_before_anything_is_migrated(statement, missing):
    assert check_database(databases=["default"]) == []
    assert not is_of_older_version(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(CommandError, match=f"{missing} is missing.*Nothing was changed"):
        call_command("migrate", verbosity=0)
    [error] = check_database(databases=["default"])
    assert error.id == "heritage.E005"
    assert is_of_older_version(connection)  # which `demo --reset` drops


FILES = "django.core.cache.backends.filebased.FileBasedCache"
REDIS = "django.core.cache.backends.redis.RedisCache"
OF_SQLITE = ["heritage.E010"] if connection.vendor == "sqlite" else []


@pytest.mark.parametrize(
    ("machines", "backend", "expected"),
    [(1, FILES, []), (2, FILES, ["heritage.E009", *OF_SQLITE]), (2, REDIS, OF_SQLITE)],
)
def test_several_machines_are_asked_for_what_they_must_share(settings, machines, backend, expected):
    settings.MACHINES, settings.CACHES = machines, {"default": {"BACKEND": backend}}
    assert [error.id for error in check_machines()] == expected


@pytest.mark.django_db
def test_the_migrations_make_what_the_models_say():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
