from django.db import migrations, models

STATES = [
    ("waiting", "waiting"),
    ("running", "running"),
    ("stopped", "stopped"),
    ("done", "finished"),
    ("failed", "failed"),
    ("undone", "undone"),
]
COMMENTS = [
    ("comment", "comment"),
    ("sent", "sent to review"),
    ("sent_back", "sent back"),
    ("withdrawn", "withdrawn by its author"),
    ("published", "published"),
    ("archived", "archived"),
    ("assigned", "assigned"),
    ("scheduled", "to be published later"),
    ("refused", "could not be published"),
]


def _rename(apps, state, key):
    """Store states, and keys of parameters, under other names: each a pair, before and after."""
    jobs = apps.get_model("heritage", "Job").objects
    jobs.filter(state=state[0]).update(state=state[1])
    for job in jobs.filter(parameters__has_key=key[0]).iterator(500):
        job.parameters[key[1]] = job.parameters.pop(key[0])
        job.save(update_fields=["parameters"])


def rename(apps, schema_editor):
    _rename(apps, ("taken_back", "undone"), ("taken_back_by", "undone_by"))


def rename_again(apps, schema_editor):
    _rename(apps, ("undone", "taken_back"), ("undone_by", "taken_back_by"))


class Migration(migrations.Migration):
    dependencies = [("heritage", "0026_questions_in_languages")]

    operations = [
        migrations.RenameField("job", "takes_back", "is_undo"),
        migrations.AlterField(
            "job",
            "state",
            models.CharField(
                choices=STATES, default="waiting", max_length=10, verbose_name="state"
            ),
        ),
        migrations.RunPython(rename, rename_again),
        migrations.AlterField(
            "reviewcomment",
            "kind",
            models.CharField(
                choices=COMMENTS, default="comment", max_length=12, verbose_name="kind"
            ),
        ),
    ]
