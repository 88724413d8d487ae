from django.db import migrations, models


def put_in_their_language(apps, schema_editor):
    """What was asked in the language of the plan alone."""
    questions = apps.get_model("heritage", "ImportQuestion").objects
    for question in questions.select_related("of_import").iterator(500):
        language = question.of_import.language
        question.words = {language: question.text}
        question.options = [(answer, {language: label}) for answer, label in question.options]
        question.save(update_fields=["words", "options"])


def put_in_one_language(apps, schema_editor):
    questions = apps.get_model("heritage", "ImportQuestion").objects
    for question in questions.select_related("of_import").iterator(500):
        language = question.of_import.language
        question.text = _best(question.words, language)
        question.options = [(answer, _best(label, language)) for answer, label in question.options]
        question.save(update_fields=["text", "options"])


def _best(texts, language):
    return texts.get(language) or next(iter(texts.values()), "")


class Migration(migrations.Migration):
    dependencies = [("heritage", "0025_sights")]

    operations = [
        migrations.AddField(
            "importquestion", "words", models.JSONField(default=dict, db_default={})
        ),
        # Empty where the migration is taken back, before the texts are put there again.
        migrations.AlterField("importquestion", "text", models.TextField(default="")),
        migrations.RunPython(put_in_their_language, put_in_one_language),
        migrations.RemoveField("importquestion", "text"),
    ]
