"""`Scheme` is called `Register`, as pages and the glossary call it, with its terms and columns.

Django renames tables and content types. What else names them in rows is renamed here: columns in
the history, and models in tables that store a model as text.
"""

from django.db import migrations, models

_MODELS = {"scheme": "register", "schemeterm": "registerterm"}
_COLUMNS = {"scheme": "register"}
_WITH_COLUMN = ("designation", "registerterm")
_STORED_AS_TEXT = {
    "GroupDefault": "model",
    "LoadedRow": "label",
    "OpenForm": "model",
    "PendingRefresh": "model",
}
_AT_ONCE = 1_000


def forwards(apps, schema_editor):
    _rename(apps, _MODELS, _COLUMNS)


def backwards(apps, schema_editor):
    _rename(apps, _turned(_MODELS), _turned(_COLUMNS))


def _turned(names):
    return {new: old for old, new in names.items()}


def _rename(apps, names, columns):
    for model, field in _STORED_AS_TEXT.items():
        rows = apps.get_model("heritage", model).objects
        for old, new in names.items():
            rows.filter(**{field: f"heritage.{old}"}).update(**{field: f"heritage.{new}"})
    _rename_in_history(apps, columns)


def _rename_in_history(apps, columns):
    types = apps.get_model("contenttypes", "ContentType").objects
    with_column = types.filter(app_label="heritage", model__in=_WITH_COLUMN)
    changes = apps.get_model("heritage", "Change").objects
    renamed = []
    for row in changes.filter(model__in=with_column).order_by("pk").iterator(_AT_ONCE):
        before, after = row.before, row.after
        row.before, row.after = (
            values and {columns.get(name, name): value for name, value in values.items()}
            for values in (before, after)
        )
        if (row.before, row.after) != (before, after):
            renamed.append(row)
        if len(renamed) == _AT_ONCE:
            changes.bulk_update(renamed, ["before", "after"])
            renamed.clear()
    changes.bulk_update(renamed, ["before", "after"])


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("heritage", "0005_plainer_names"),
    ]

    operations = [
        migrations.RenameModel(old_name="Scheme", new_name="Register"),
        migrations.RenameModel(old_name="SchemeTerm", new_name="RegisterTerm"),
        migrations.RemoveConstraint("designation", "designation_reference_once"),
        migrations.RemoveConstraint("registerterm", "scheme_term_once"),
        migrations.RemoveIndex("designation", "heritage_de_scheme__9fc8d5_idx"),
        migrations.RenameField("designation", "scheme", "register"),
        migrations.RenameField("registerterm", "scheme", "register"),
        migrations.AlterModelOptions(
            name="coverage",
            options={
                "ordering": ["designation__register__rank", "uid"],
                "verbose_name": "designation of a site",
                "verbose_name_plural": "designations of sites",
            },
        ),
        migrations.AlterModelOptions(
            name="designation",
            options={
                "ordering": ["register__rank", "register__slug", "reference", "uid"],
                "verbose_name": "designation",
                "verbose_name_plural": "designations",
            },
        ),
        migrations.AlterModelOptions(
            name="registerterm",
            options={
                "ordering": ["register__rank", "register__slug", "facet", "order", "code"],
                "verbose_name": "register term",
                "verbose_name_plural": "register terms",
            },
        ),
        migrations.AddIndex(
            model_name="designation",
            index=models.Index(fields=["register", "standing"], name="designation_register"),
        ),
        migrations.AddConstraint(
            model_name="designation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("register", "reference"),
                name="designation_reference_once",
                violation_error_code="designation_reference_once",
                violation_error_message="This register has this reference already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerterm",
            constraint=models.UniqueConstraint(
                fields=("register", "facet", "code"),
                name="register_term_once",
                violation_error_code="register_term_once",
                violation_error_message="This register has this code already.",
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
