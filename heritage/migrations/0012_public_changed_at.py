"""`Site.public_changed_at`: when something that everybody may read was last written."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Case, F, When


def from_the_dates_that_there_were(apps, schema_editor):
    later = When(published_at__gt=F("updated_at"), then=F("published_at"))
    moment = Case(later, default=F("updated_at"))
    apps.get_model("heritage", "Site").objects.update(public_changed_at=moment)


class Migration(migrations.Migration):
    dependencies = [
        ("heritage", "0011_backups_and_thinning"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="public_changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                db_index=True,
                default=django.utils.timezone.now,
                editable=False,
                serialize=False,
                verbose_name="changed for readers",
            ),
        ),
        migrations.RunPython(from_the_dates_that_there_were, migrations.RunPython.noop),
    ]
