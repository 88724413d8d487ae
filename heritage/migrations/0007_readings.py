"""Where the pinyin of sites and the words of terms are kept: no page needs the dictionary then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("heritage", "0006_close_rows")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="sort_keys",
            field=models.JSONField(default=dict, editable=False, serialize=False),
        ),
    ] + [
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
    ]
