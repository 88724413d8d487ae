"""The year in which a site became World Heritage, kept beside the site."""

from django.db import migrations, models
from django.db.models import Min, OuterRef, Subquery


def fill(apps, schema_editor):
    site, coverage = (apps.get_model("heritage", name) for name in ("Site", "Coverage"))
    years = (
        coverage.objects.filter(
            site=OuterRef("pk"),
            designation__scheme__role="world_heritage",
            designation__standing__in=("in_force", "in_danger"),
        )
        .order_by()
        .values("site")
        .annotate(year=Min("designation__listed_year"))
        .values("year")
    )
    site.objects.update(inscribed_year=Subquery(years))


class Migration(migrations.Migration):
    dependencies = [("heritage", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="site",
            name="inscribed_year",
            field=models.IntegerField(db_index=True, editable=False, null=True, serialize=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
