"""`manage.py embedding_model add NAME [--now] | status | activate NAME [--force] | drop NAME`."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.audit import command_actor
from core.errors import LarderError
from core.progress import ProgressLine
from knowledge.embedding import model_change
from knowledge.models import EmbeddingModel

LOOK_EVERY_S = 1.0


class Command(BaseCommand):
    help = "Change the embedding model while the store serves; see docs/how-to/change-the-embedding-model.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="build a model beside the active one, or bring a retired one up to date")
        add.add_argument("name", help="with its backend: local:all-MiniLM-L6-v2-int8, ollama:bge-m3, openai:…")
        add.add_argument("--now", action="store_true", help="build here, too, with a progress bar; without: by workers")
        add.add_argument("--passage-chars", type=int, help="the model's own window; without: PASSAGE_CHARS")
        add.add_argument("--passage-overlap", type=int, help="goes with --passage-chars; without: PASSAGE_OVERLAP")
        verbs.add_parser("status", help="all models and how far they are")
        activate = verbs.add_parser("activate", help="switch to a model that is built, or back to a retired one")
        activate.add_argument("name")
        activate.add_argument("--force", action="store_true", help="even while passages are missing from it")
        drop = verbs.add_parser("drop", help="remove a model that is not active, with its passages and its index")
        drop.add_argument("name")

    def handle(self, *, verb: str, **options: Any) -> None:
        verbs: dict[str, Callable[..., None]] = {
            "add": self._add,
            "status": self._status,
            "activate": self._activate,
            "drop": self._drop,
        }
        try:
            verbs[verb](**options)
        except LarderError as error:
            raise CommandError(error.detail) from error

    def _add(
        self, *, name: str, now: bool, passage_chars: int | None, passage_overlap: int | None, **options: Any
    ) -> None:
        if (passage_chars is None) != (passage_overlap is None):
            raise CommandError("--passage-chars and --passage-overlap go together.")
        if passage_chars is not None and not 200 <= passage_chars <= 50_000:
            raise CommandError("--passage-chars must be from 200 to 50000.")
        if passage_chars is not None and passage_overlap is not None and not 0 <= passage_overlap < passage_chars:
            raise CommandError("--passage-overlap must be at least 0 and less than --passage-chars.")
        model = model_change.add_model(
            name,
            now=timezone.now(),
            passage_chars=passage_chars,
            passage_overlap=passage_overlap,
            actor=command_actor(),
        )
        self.stdout.write(f"{model.name} is building, {model.dimensions} dimensions.")
        if now:
            self._build(name)
            self.stdout.write(f"It is built; switch with `manage.py embedding_model activate {name}`.")
        else:
            self.stdout.write("Workers build it; `manage.py embedding_model status` shows how far they are.")

    def _status(self, **options: Any) -> None:
        for model in EmbeddingModel.objects.order_by("state", "name"):
            progress = model_change.progress_of(model)
            facts = (
                f"{model.state:<9}",
                model.name,
                f"{model.dimensions} dimensions",
                f"{progress.passages:,} passages",
                f"{progress.done:.1%} ready",
                f"index {progress.index}",
            )
            self.stdout.write(
                "  ".join(facts) + (f"  {progress.quarantined:,} refused" if progress.quarantined else "")
            )

    def _activate(self, *, name: str, force: bool, **options: Any) -> None:
        """A retired model is brought up to date first: that is the way back."""
        if model_change.named_model(name).state == EmbeddingModel.State.RETIRED and not force:
            model_change.add_model(name, now=timezone.now(), actor=command_actor())
            self._build(name)
        model = model_change.activate_model(name, force=force, actor=command_actor())
        self.stdout.write(f"{model.name} is active. Set EMBEDDING_MODEL to it for the next start.")

    def _drop(self, *, name: str, **options: Any) -> None:
        dropped = model_change.drop_model(name, actor=command_actor())
        self.stdout.write(f"{name} is gone, with {dropped:,} passages.")

    def _build(self, name: str) -> None:
        line = ProgressLine(self.stderr, unit="passages")
        looked_at = 0.0

        def rest() -> None:
            nonlocal looked_at
            if time.monotonic() - looked_at < LOOK_EVERY_S:
                return
            progress = model_change.progress_of(model_change.named_model(name))
            total = progress.passages + progress.unplanned
            line.show(total - progress.missing, of=total)
            looked_at = time.monotonic()

        model_change.build_model(name, clock=timezone.now, rest=rest)
        line.close()
