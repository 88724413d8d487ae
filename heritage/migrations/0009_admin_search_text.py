"""Sources and custodians are found in any script, as terms are."""

from django.db import migrations, models

from heritage.values import words


def fill(apps, schema_editor):
    for name, column in (("Source", "citation"), ("Custodian", "name")):
        model = apps.get_model("heritage", name)
        rows = list(model.objects.all())
        for row in rows:
            row.search_text = words.found_by(list(getattr(row, column).values()), (), ())
        model.objects.bulk_update(rows, ["search_text"], 200)


class Migration(migrations.Migration):
    dependencies = [("heritage", "0008_readings_filled")]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="search_text",
                field=models.TextField(default="", editable=False, serialize=False),
            )
            for name in ("source", "custodian")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
