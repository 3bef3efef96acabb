"""`manage.py qdrant rebuild [--anew] | status | off`."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.progress import ProgressLine
from knowledge.models import ClusterFeed, EmbeddingModel
from knowledge.search.qdrant.status import MOST_COUNTED, cluster_status, vectors_of

INSTALL = "Install the client: `pip install --no-deps -r requirements-qdrant.txt`."


class Command(BaseCommand):
    help = "Fill Qdrant from the rows, see how it stands, or stop; see docs/how-to/scale-with-qdrant.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        rebuild = verbs.add_parser("rebuild", help="send all passages, and from then on what changes; may be repeated")
        rebuild.add_argument("--anew", action="store_true", help="into new collections; until they are whole, exact")
        verbs.add_parser("status", help="whether it is whole, and what waits to be sent")
        verbs.add_parser("off", help="note no changes any more; the collections stay where they are")

    def handle(self, *, verb: str, **options: Any) -> None:
        verbs: dict[str, Callable[..., None]] = {"rebuild": self._rebuild, "status": self._status, "off": self._off}
        if not settings.QDRANT_URL and verb != "off":
            raise CommandError("QDRANT_URL is not set. Set it to where Qdrant answers, like http://qdrant:6333.")
        if find_spec("qdrant_client") is None:
            raise CommandError(INSTALL)
        verbs[verb](**options)

    def _rebuild(self, *, anew: bool, **options: Any) -> None:
        from knowledge.search.qdrant.client import ClusterUnavailable  # here, because they need qdrant-client
        from knowledge.search.qdrant.points import FeedEnded
        from knowledge.search.qdrant.rebuild import begin_feed, fed_models

        try:
            known = begin_feed(now=timezone.now(), anew=anew)
            for model in fed_models():
                self._fill(known, model)
        except ClusterUnavailable as error:
            raise CommandError(f"Qdrant at {settings.QDRANT_URL}: {error} Run this again, it goes on here.") from error
        except FeedEnded as error:
            raise CommandError("Somebody ended it meanwhile.") from error
        self.stdout.write("Qdrant holds every passage; workers send what changes.")

    def _fill(self, known: ClusterFeed, model: EmbeddingModel) -> None:
        from knowledge.search.qdrant.rebuild import fill_collection, remove_unknown  # needs qdrant-client

        self.stdout.write(f"{model.name}, {model.state}:")
        self._show(fill_collection(known, model), unit="passages sent", of=vectors_of(model.pk))
        self._show(remove_unknown(known, model), unit="points looked over", of=None)

    def _show(self, steps: Iterator[int], *, unit: str, of: int | None) -> None:
        line, done = ProgressLine(self.stderr, unit=unit), 0
        for step in steps:
            done += step
            line.show(done, of=None if of is None else max(of, done))
        line.close()

    def _status(self, **options: Any) -> None:
        found = cluster_status()
        if found is None:
            self.stdout.write("Qdrant is not fed; `manage.py qdrant rebuild` begins it.")
            return
        if not found.is_of_this_store:
            self.stdout.write("It was fed from another store than this one; `manage.py qdrant rebuild` begins anew.")
        for model in found.unfilled:
            self.stdout.write(f"{model}  is not whole; `manage.py qdrant rebuild` goes on.")
        count = f"{MOST_COUNTED:,} or more" if found.waiting == MOST_COUNTED else f"{found.waiting:,}"
        self.stdout.write(f"{count} changes wait, the oldest for {found.lag_s:.0f} s")
        for what, said in found.pauses.items():
            self.stdout.write(f"left alone for a while ({what}): {said}")

    def _off(self, **options: Any) -> None:
        from knowledge.search.qdrant.rebuild import end_feed  # needs qdrant-client

        names = end_feed()
        self.stdout.write(f"No more is sent. Qdrant still holds: {', '.join(names) or 'nothing'}.")
