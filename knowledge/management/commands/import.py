# ruff: noqa: N999 -- named after its verb
"""`manage.py import FILE [--resume] [--keep-going]`: documents from a file that `export` wrote."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import LarderError
from core.progress import ProgressLine
from knowledge.transfer.checkpoint import Checkpoint
from knowledge.transfer.lines import read_header
from knowledge.transfer.load import Loaded, load_documents, space_for


class Command(BaseCommand):
    help = "Store the documents of an archive; repeating it changes nothing. Progress on standard error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--resume", action="store_true", help="skip what an import that broke off has stored")
        parser.add_argument("--keep-going", action="store_true", help="leave bad lines out and name them at the end")

    def handle(self, *, file: Path, resume: bool, keep_going: bool, **options: Any) -> None:
        try:
            loaded = self._load(file, resume=resume, keep_going=keep_going)
        except LarderError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        counts = loaded.counts
        self.stdout.write(
            f"{counts.upserted:,} documents: {counts.created:,} created, {counts.updated:,} updated, "
            f"{counts.renewed:,} renewed, {counts.unchanged:,} unchanged, {counts.stale:,} stale."
        )
        if counts.pending:
            self.stdout.write(f"{counts.pending:,} of them wait for their vectors; workers make these.")
        if loaded.refused:
            named = "\n".join(map(str, loaded.faults))
            raise CommandError(f"{loaded.refused:,} lines were left out:\n{named}")

    def _load(self, file: Path, *, resume: bool, keep_going: bool) -> Loaded:
        progress = ProgressLine(self.stderr, unit="bytes")
        with file.open("rb") as lines:
            first = lines.readline()
            header = read_header(first)
            space = space_for(header, now=timezone.now())
            if header.model and header.model != space.model.name:
                self.stderr.write(
                    f"The vectors of this archive are of {header.model}, the store's model is {space.model.name}: "
                    "they are left out, and workers embed the texts."
                )
            checkpoint = Checkpoint(file, header=first)
            begin = (checkpoint.read() if resume else None) or Loaded(ends_at=len(first))
            lines.seek(begin.ends_at)
            size = file.stat().st_size

            def report(loaded: Loaded) -> None:
                checkpoint.write(loaded)
                progress.show(loaded.ends_at, of=size)

            loaded = load_documents(
                lines,
                header=header,
                space=space,
                clock=timezone.now,
                begin=begin,
                keep_going=keep_going,
                report=report,
            )
        progress.close()
        checkpoint.remove()
        return loaded
