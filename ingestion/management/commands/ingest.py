"""`manage.py ingest PATH…`: files and folders into a collection. Run again, it uploads only what is new."""

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.progress import ProgressLine
from ingestion.collections.collections import create_collection, default_collection, get_collection
from ingestion.errors import CollectionNotFound, FileRefused
from ingestion.extract.sandbox import end_children
from ingestion.models import DEFAULT_COLLECTION, Collection, File, FileState
from ingestion.processing.lifecycle import process_next
from ingestion.processing.retry import count_states
from ingestion.querysets import WORK, FileQuerySet
from ingestion.tags import check_scope
from ingestion.uploads.folder import UploadCounts, find_files, name_below, submit_paths
from ingestion.uploads.submit import Label

SHOWN = 20
PAUSE_S = 0.5


class Command(BaseCommand):
    help = "Upload files and whole folders. What a collection holds already is not stored again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
        parser.add_argument("--collection", default=DEFAULT_COLLECTION, help="made where it does not exist")
        parser.add_argument("--tag", action="append", default=[], help="on every chunk; may be given several times")
        parser.add_argument("--dry-run", action="store_true", help="say what would be uploaded, and upload nothing")
        parser.add_argument(
            "--wait", action="store_true", help="process them here, beside the workers, until all is done"
        )

    def handle(self, *args: Any, paths: list[Path], collection: str, tag: list[str], **options: Any) -> None:
        for path in paths:
            if not path.exists():
                raise CommandError(f"There is nothing at {path}.")
        try:
            tags = check_scope(tag, field="--tag")
            into = _collection(collection, dry_run=options["dry_run"])
        except FileRefused as error:
            raise CommandError(f"{error.detail}.") from None
        tally = self._submit(paths, into, Label(tags=tags, actor="ingest"), dry_run=options["dry_run"])
        self._tell(tally.refused)
        if options["wait"] and not options["dry_run"]:
            self._see_through(into)

    def _tell(self, sentences: Sequence[str]) -> None:
        for sentence in sentences[:SHOWN]:
            self.stderr.write(sentence)
        if len(sentences) > SHOWN:
            self.stderr.write(f"… and {len(sentences) - SHOWN:,} more.")

    def _submit(self, given: list[Path], collection: Collection, label: Label, *, dry_run: bool) -> UploadCounts:
        named, now = {path: name_below(path, given) for path in find_files(given)}, timezone.now()
        tally, progress = UploadCounts(), ProgressLine(self.stderr, unit="files")
        for part in submit_paths(named, collection=collection, label=label, now=now, dry_run=dry_run):
            tally += part
            progress.show(tally.files, of=len(named))
        progress.close()
        verb = "would be uploaded" if dry_run else "uploaded"
        others = f"{tally.retried:,} tried again, {tally.deduplicated:,} known already, {len(tally.refused):,} refused"
        self.stdout.write(f"{tally.queued:,} {verb} to {collection.name}, {others}.")
        return tally

    def _see_through(self, collection: Collection) -> None:
        """Process what waits here too, and show how far the collection is."""
        files = File.objects.filter(collection=collection)
        total = files.filter(state__in=WORK).count()
        progress = ProgressLine(self.stderr, unit="done")
        try:
            while waiting := files.filter(state__in=WORK).count():
                progress.show(total - waiting, of=total)
                if not process_next(now=timezone.now()):
                    time.sleep(PAUSE_S)
        finally:
            end_children()
            progress.close()
        self._tell(
            list(files.filter(state=FileState.FAILED).order_by("file_name", "id").values_list("error", flat=True))
        )
        self._tell_of_pictures(files)
        counts = count_states(files)
        failed = f"{counts['failed']:,} failed, {counts['temporary']:,} of them for a reason that may pass"
        self.stdout.write(f"{counts['done']:,} done in {collection.name}, {failed}.")

    def _tell_of_pictures(self, files: FileQuerySet) -> None:
        """Pages without text are found by nobody, though their file is done, unless it was recognised."""
        half_read = files.filter(state=FileState.DONE, textless_pages__gt=0).order_by("file_name", "id")
        told = half_read.values_list("file_name", "textless_pages", "page_count", "recognised_pages", "unread_pages")
        self._tell([_told_of_pages(*each) for each in told])


def _told_of_pages(name: str, textless: int, pages: int, recognised: int, unread: int) -> str:
    verb = "was" if recognised == 1 else "were"
    read = f"; {recognised:,} of them {verb} read by recognition (OCR)" if recognised else ""
    left = f"; {unread:,} given up by recognition, or beyond MAX_OCR_PAGES" if unread else ""
    return f"{name}: {textless:,} of {pages:,} pages hold no text{read}{left}."


def _collection(name: str, *, dry_run: bool) -> Collection:
    now = timezone.now()
    if name == DEFAULT_COLLECTION and not dry_run:
        return default_collection(now=now)
    try:
        return get_collection(name)
    except CollectionNotFound:
        return Collection(name=name) if dry_run else create_collection(name, now=now)
