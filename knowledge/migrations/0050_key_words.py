import string

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models import F, Func, Value

WORDS = Func(
    F("key"),
    Value(string.punctuation),
    Value(" " * len(string.punctuation)),
    function="translate",
    output_field=models.TextField(),
)


class Migration(migrations.Migration):
    """Documents are found by the words of their ids."""

    dependencies = [("knowledge", "0049_orders")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=GinIndex(SearchVector(WORDS, config="simple"), name="document_key_words"),
        ),
    ]
