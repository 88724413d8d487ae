"""When readers saw something new of a site is kept in a table of its own.

A change of a term dates all sites that show it, and a row of the sites has twenty indexes.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F

_AT_ONCE = 2_000


def copy_dates(apps, schema_editor):
    dates = apps.get_model("heritage", "SiteDate")
    rows = apps.get_model("heritage", "Site").objects.order_by("pk")
    found = rows.values_list("pk", "public_changed_at").iterator(_AT_ONCE)
    made = []
    for pk, changed_at in found:
        made.append(dates(site_id=pk, changed_at=changed_at))
        if len(made) == _AT_ONCE:
            dates.objects.bulk_create(made)
            made.clear()
    dates.objects.bulk_create(made)


def copy_back(apps, schema_editor):
    dates = apps.get_model("heritage", "SiteDate").objects.filter(site=models.OuterRef("pk"))
    changed = models.Subquery(dates.values("changed_at"))
    sites = apps.get_model("heritage", "Site").objects.annotate(changed=changed)
    sites.filter(changed__isnull=False).update(public_changed_at=F("changed"))


class Migration(migrations.Migration):
    dependencies = [
        ("heritage", "0015_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteDate",
            fields=[
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="public_date",
                        serialize=False,
                        to="heritage.site",
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        db_index=True,
                        default=django.utils.timezone.now,
                    ),
                ),
            ],
        ),
        migrations.RunPython(copy_dates, copy_back),
        migrations.RemoveField(model_name="site", name="public_changed_at"),
    ]
