import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.embedding.index_choice import codes_are_used, why_no_codes
from knowledge.embedding.vector_space import models_in_use
from knowledge.models import EmbeddingModel

NICE = {"catch-up": 5, "remake": 5, "merge": 10}
"""Steps down in the kernel's order: who answers questions goes first, and nobody waits for a merge."""


class Command(BaseCommand):
    help = "Look at this machine's search index, bring it up to now, or make it again from the rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", nargs="?", default="status", choices=("status", "catch-up", "merge", "remake"))
        parser.add_argument("model", nargs="?", help="a model in use; without one, all of them")
        parser.add_argument(
            "--ratio",
            type=float,
            help="merge: a file stays as it is if it is so many times as large as the newer ones together",
        )

    def handle(self, *args: Any, action: str, model: str | None, ratio: float | None, **options: Any) -> None:
        if not codes_are_used():
            raise CommandError(why_no_codes() or "SEARCH_INDEX is not `codes`, so this machine keeps no index.")
        from knowledge.search.index.catching_up import MERGED, catch_up, merge, remake

        os.nice(NICE.get(action, 0))
        if not (chosen := _chosen(model)):
            self.stdout.write("No embedding model is in use yet: the first document that is stored brings one.")
        for each in chosen:
            if action == "catch-up":
                catch_up(each)
            elif action == "merge":
                merge(each, ratio=ratio or MERGED)
            elif action == "remake":
                remake(each)
            self.stdout.write(_told(each))


def _chosen(name: str | None) -> list[EmbeddingModel]:
    models = models_in_use()
    chosen = [each for each in models if name in (None, each.name)]
    if name and not chosen:
        known = ", ".join(each.name for each in models) or "none yet"
        raise CommandError(f"No model {name!r} is in use; these are: {known}.")
    return chosen


def _told(model: EmbeddingModel) -> str:
    from knowledge.search.index.status import index_status

    status = index_status(model)
    if status.passages is None:
        why = f" ({status.taken})" if status.taken else ""
        return f"{model.name}: no index{why}; {status.stored:,} passages are searched exactly"
    segments = "1 segment" if status.segments == 1 else f"{status.segments} segments"
    return (
        f"{model.name}: {status.passages:,} passages in {segments}, {status.size_bytes:,} bytes; "
        f"{status.unseen:,} of {status.stored:,} stored passages are not in them yet"
    )
