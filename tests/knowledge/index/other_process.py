"""A second process at the same store: it pushes, deletes, rolls back, catches up and merges until its input ends.

python -m tests.knowledge.index.other_process SEED < pipe
"""

import json
import os
import random
import select
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SOURCE = "other"


def command_for(seed: int, index_dir: Path) -> list[str]:
    """For the database of the test that runs."""
    from django.db import connection

    told = json.dumps({"database": connection.settings_dict["NAME"], "index": str(index_dir)})
    return [sys.executable, "-m", "tests.knowledge.index.other_process", str(seed), told]


def main() -> None:
    from django.conf import settings

    told = json.loads(sys.argv[2])
    settings.DATABASES["default"]["NAME"] = told["database"]
    settings.SEARCH_INDEX, settings.SEARCH_INDEX_DIR = "codes", told["index"]
    django.setup()

    from django.db import transaction
    from django.utils import timezone

    from knowledge.embedding import vector_space
    from knowledge.embedding.vector_space import active_model, space_of
    from knowledge.models import Document
    from knowledge.schemas import DocumentIn
    from knowledge.search.index import catching_up
    from knowledge.writing.upsert import upsert_documents
    from tests.embedding import HashingEmbedder

    vector_space.embedder_named = lambda name: HashingEmbedder()  # type: ignore[assignment]
    catching_up.LEAST, catching_up.MERGED_AT_ONCE = 1, 10
    chance = random.Random(sys.argv[1])
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        model = active_model()
        assert model
        step = chance.random()
        if step < 0.4:
            catching_up.catch_up(model)
        elif step < 0.5:
            catching_up.merge(model)
        elif step < 0.8:
            items = [DocumentIn(id=f"o{n}", content=f"amber other {chance.random()} {n}") for n in range(5)]
            for each in items:
                each.source, each.tags = SOURCE, [chance.choice("ab")]
            upsert_documents(items, now=timezone.now(), space=space_of(model))
        elif step < 0.9:
            Document.objects.filter(source=SOURCE, key=f"o{chance.randrange(5)}").delete()
        else:
            with transaction.atomic():
                Document.objects.filter(source=SOURCE).update(tags=["c"])
                transaction.set_rollback(True)


if __name__ == "__main__":
    main()
