"""Documents that were stored before keyword search came get their words."""

from django.db import migrations

from knowledge.wording import rewrite_wordings


def write_words(apps: object, schema_editor: object) -> None:
    for _ in rewrite_wordings():
        pass


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0005_advance")]

    atomic = False

    operations = [migrations.RunPython(write_words, migrations.RunPython.noop, elidable=True)]
