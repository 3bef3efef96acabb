"""Documents by their ids alone, whatever their source, by an index that is built beside those who read and write.

Half as large as a B-tree of the ids, which are only ever asked for whole here.
"""

from django.contrib.postgres.indexes import HashIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("knowledge", "0007_own_vectors")]

    operations = [AddIndexConcurrently("document", HashIndex(fields=["key"], name="document_key"))]
