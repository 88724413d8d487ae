from django.db import migrations

from heritage.models import fulltext, journal


def make_anew(apps, schema_editor):
    """With PostgreSQL the table of words has another shape than it had."""
    if schema_editor.connection.vendor != "postgresql":
        return
    journal.lock()
    fulltext.create_function(schema_editor.connection)
    sites = apps.get_model("heritage", "Site").objects.order_by("pk")
    fulltext.rebuild(sites.values_list("pk", "search_text").iterator(2_000))


class Migration(migrations.Migration):
    dependencies = [("heritage", "0005_advisory_lock")]
    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
