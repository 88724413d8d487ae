"""The pinyin of sites and the words of terms, in pieces: nobody waits for all of it."""

from django.db import migrations, transaction

from heritage.models import journal
from heritage.models.base import chunks
from heritage.models.derived import reading_of
from heritage.models.vocabularies import sort_keys
from heritage.values import words


def fill(apps, schema_editor):
    sites = apps.get_model("heritage", "Site").objects
    for ids in chunks(list(sites.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            journal.lock()  # nobody renames them meanwhile
            rows = list(sites.filter(pk__in=ids).only("name"))
            for row in rows:
                row.reading = reading_of(row)
            sites.bulk_update(rows, ["reading"], batch_size=200)
    with transaction.atomic():
        journal.lock()
        for name in ("Kind", "Place", "Era"):
            terms = apps.get_model("heritage", name).objects
            rows = list(terms.all())
            for row in rows:
                short = getattr(row, "short_label", {})
                row.search_text = words.found_by([*row.label.values(), *short.values()], (), ())
                row.sort_keys = sort_keys(row.label)
            kept = ["search_text", "sort_keys"] if name == "Place" else ["search_text"]
            terms.bulk_update(rows, kept, batch_size=200)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("heritage", "0007_readings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
