"""The pinyin of sites and the words of terms, kept beside them: no page needs the dictionary."""

from django.db import migrations, models

from heritage.models.base import chunks
from heritage.models.derived import reading_of
from heritage.values import words


def fill(apps, schema_editor):
    sites = apps.get_model("heritage", "Site").objects
    for ids in chunks(list(sites.order_by("pk").values_list("pk", flat=True))):
        rows = list(sites.filter(pk__in=ids).only("name"))
        for row in rows:
            row.reading = reading_of(row)
        sites.bulk_update(rows, ["reading"], batch_size=200)
    for name in ("Kind", "Place", "Era"):
        terms = apps.get_model("heritage", name).objects
        rows = list(terms.all())
        for row in rows:
            short = getattr(row, "short_label", {})
            row.search_text = words.found_by([*row.label.values(), *short.values()], (), ())
        terms.bulk_update(rows, ["search_text"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("heritage", "0006_close_rows")]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name=name,
                field=models.TextField(default="", editable=False, serialize=False),
            )
            for model, name in (
                ("site", "reading"),
                ("kind", "search_text"),
                ("place", "search_text"),
                ("era", "search_text"),
            )
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
