"""Full text: the words that each site holds, kept by the database."""

from django.db import migrations, models

from heritage.models import fulltext
from heritage.values import words


def create(apps, schema_editor):
    fulltext.create(schema_editor.connection)


def drop(apps, schema_editor):
    fulltext.drop(schema_editor.connection)


def fill(apps, schema_editor):
    sites = apps.get_model("heritage", "Site").objects.order_by("pk")
    fulltext.rebuild(sites.values_list("pk", "search_text").iterator(2_000))


class Migration(migrations.Migration):
    dependencies = [("heritage", "0002_site_inscribed_year")]

    operations = [
        migrations.CreateModel(
            name="SpeltWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=words.LONGEST, unique=True)),
            ],
        ),
        migrations.RunPython(create, drop),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
