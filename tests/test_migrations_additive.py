"""Migrations since 1.0 leave what the code of the release before needs.

During an upgrade the workers of the former release go on for a while with the migrated database:
they must find every table and column, and be able to write rows that know nothing of new ones. What
is to go is taken out of the code in one release, and out of the database in the next.
"""

from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED

from heritage.models.fields import LanguageMapField

LAST_OF_1_0 = "0011_backups_and_thinning"
LAST_RELEASED = LAST_OF_1_0  # a column made since then is unknown to the code of every release

# What is right in spite of the rule, with the reason: no code since 1.1 reads the column, say.
EXCEPTIONS: dict[str, str] = {}

HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RunPython,  # rows that it writes must mean the same to the former code
)


def faults(
    migration: migrations.Migration, state: ProjectState, added: set[tuple[str, str]] | None = None
) -> Iterator[str]:
    """Why the former code could fail on a database with this migration; the state is advanced.

    `added` has the columns (model, name) that no release knows, and is advanced, too.
    """
    made: set[str] = set()
    added = set() if added is None else added
    for operation in migration.operations:
        column = getattr(operation, "model_name", "").lower(), getattr(operation, "name", "")
        renamed = isinstance(operation, migrations.RenameField)
        if renamed:
            column = column[0], operation.old_name
        if column in added and (renamed or isinstance(operation, migrations.RemoveField)):
            fault = ""
        else:
            fault = _fault(operation, state, made, migration.app_label)
        if isinstance(operation, migrations.AddField) and migration.name > LAST_RELEASED:
            added.add(column)
        if renamed and column in added:
            added.add((column[0], operation.new_name))
        if fault:
            yield f"{migration.name}: {fault}"
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name.lower())
            if migration.name > LAST_RELEASED:
                added.update((operation.name.lower(), name) for name, _field in operation.fields)
        operation.state_forwards(migration.app_label, state)


def _fault(operation, state, made, app) -> str:
    model = str(getattr(operation, "model_name", "")).lower()
    if isinstance(operation, HARMLESS) or (model and model in made):
        return ""
    kind = type(operation).__name__
    if isinstance(operation, migrations.AddField):
        return "" if _is_optional(operation.field) else f"AddField {model}.{operation.name}"
    if isinstance(operation, migrations.AlterField):
        before = state.models[app, model].fields[operation.name]
        reason = _narrower(before, operation.field)
        return f"AlterField {model}.{operation.name}: {reason}" if reason else ""
    return f"{kind} {model or getattr(operation, 'name', '')}".strip()


def _is_optional(field: models.Field) -> bool:
    """Whether rows can be written without the column."""
    return field.many_to_many or field.null or field.db_default is not NOT_PROVIDED


def _narrower(before: models.Field, after: models.Field) -> str:
    """Why a column that takes what `before` takes does not become one of `after`; or empty."""
    if before.get_internal_type() != after.get_internal_type():
        return "another type"
    if before.null and not after.null and after.db_default is NOT_PROVIDED:
        return "not null"
    if after.unique and not before.unique:
        return "unique"
    if before.db_column != after.db_column:
        return "another column"
    lengths = before.max_length, after.max_length
    return "shorter" if None not in lengths and lengths[1] < lengths[0] else ""


def since_1_0() -> Iterator[tuple[migrations.Migration, ProjectState]]:
    loader = MigrationLoader(None)
    state = loader.project_state(("heritage", LAST_OF_1_0))
    names = sorted(name for app, name in loader.graph.nodes if app == "heritage")
    for name in names[names.index(LAST_OF_1_0) + 1 :]:
        yield loader.get_migration("heritage", name), state


def test_migrations_since_1_0_are_additive():
    every = list(since_1_0())
    state = every[0][1] if every else ProjectState()
    added: set[tuple[str, str]] = set()
    found = {fault for migration, _state in every for fault in faults(migration, state, added)}
    assert found == EXCEPTIONS.keys()


FIELDS = [
    ("id", models.BigAutoField(primary_key=True)),
    ("label", models.CharField(max_length=40)),
    ("note", models.CharField(max_length=40, null=True)),
]


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (migrations.AddField("kind", "rank", models.IntegerField(null=True)), ""),
        (migrations.AddField("kind", "rank", models.IntegerField(default=1, db_default=1)), ""),
        (migrations.AddField("kind", "also", models.ManyToManyField("heritage.Kind")), ""),
        (migrations.AddField("kind", "said", LanguageMapField(db_default={})), ""),
        (migrations.AddField("kind", "rank", models.IntegerField(default=1)), "AddField kind.rank"),
        (migrations.RemoveField("kind", "label"), "RemoveField kind"),
        (migrations.RenameField("kind", "label", "name"), "RenameField kind"),
        (migrations.RenameModel("Kind", "Sort"), "RenameModel"),
        (migrations.DeleteModel("Kind"), "DeleteModel Kind"),
        (migrations.AlterModelTable("Kind", "sorts"), "AlterModelTable Kind"),
        (migrations.RunSQL("DROP TABLE heritage_kind"), "RunSQL"),
        (migrations.AlterField("kind", "label", models.CharField(max_length=80)), ""),
        (migrations.AlterField("kind", "label", models.CharField(max_length=20)), ": shorter"),
        (migrations.AlterField("kind", "label", models.TextField()), ": another type"),
        (migrations.AlterField("kind", "note", models.CharField(max_length=40)), ": not null"),
        (
            migrations.AlterField("kind", "note", models.CharField(max_length=40, db_default="")),
            "",
        ),
        (
            migrations.AlterField("kind", "label", models.CharField(max_length=40, unique=True)),
            ": unique",
        ),
        (
            migrations.AddConstraint(
                "kind", models.CheckConstraint(condition=models.Q(label="a"), name="only_a")
            ),
            "AddConstraint kind",
        ),
        (migrations.AddIndex("kind", models.Index(fields=["label"], name="kind_label")), ""),
    ],
    ids=lambda value: value.describe()[:40] if hasattr(value, "describe") else "",
)
def test_an_operation_that_the_former_code_would_notice_is_refused(operation, fault):
    state = ProjectState()
    state.add_model(ModelState("heritage", "Kind", FIELDS))
    migration = migrations.Migration("0099_trial", "heritage")
    migration.operations = [operation]
    found = list(faults(migration, state))
    assert len(found) == bool(fault) and all(fault in each for each in found)


def test_a_column_that_no_release_knows_may_be_renamed_and_removed():
    state, migration = ProjectState(), migrations.Migration("0099_trial", "heritage")
    state.add_model(ModelState("heritage", "Kind", FIELDS))
    field = models.IntegerField(null=True)
    migration.operations = [
        migrations.AddField("kind", "rank", field),
        migrations.RenameField("kind", "rank", "place"),
        migrations.RemoveField("kind", "place"),
    ]
    assert list(faults(migration, state)) == []


def test_a_column_of_a_table_may_go_that_no_release_knows():
    state, migration = ProjectState(), migrations.Migration("0099_trial", "heritage")
    migration.operations = [migrations.CreateModel("Kind", FIELDS)]
    added = set()
    assert list(faults(migration, state, added)) == []
    migration.operations = [migrations.RemoveField("kind", "note")]
    assert list(faults(migration, state, added)) == []


def test_a_table_that_is_new_may_have_any_rule():
    state, migration = ProjectState(), migrations.Migration("0099_trial", "heritage")
    rule = models.CheckConstraint(condition=models.Q(label="a"), name="only_a")
    migration.operations = [
        migrations.CreateModel("Kind", FIELDS),
        migrations.AddConstraint("kind", rule),
    ]
    assert list(faults(migration, state)) == []
