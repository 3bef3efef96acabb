"""`manage.py export [--vectors] [--source S] [--output FILE [--resume]]`: the store as JSON Lines."""

import os
import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import LarderError
from core.progress import ProgressLine
from knowledge.embedding.vector_space import active_model
from knowledge.transfer.export import Begun, export_documents, exported, header_of, look_at_partial
from knowledge.transfer.lines import Header


class Command(BaseCommand):
    help = "Write every live document as a line of JSON, to a file or to standard output; progress on standard error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", help="of this source alone")
        parser.add_argument("--vectors", action="store_true", help="with vectors: to be imported without embedding")
        parser.add_argument("--output", type=Path, help="written beside, renamed when whole; without: standard output")
        parser.add_argument("--resume", action="store_true", help="go on with an export to --output that broke off")

    def handle(self, *, source: str | None, vectors: bool, output: Path | None, resume: bool, **options: Any) -> None:
        now = timezone.now()
        progress = ProgressLine(self.stderr, unit="documents")
        total = exported(now=now, source=source).count()
        model = active_model() if vectors else None
        write = partial(
            export_documents,
            now=now,
            header=header_of(source=source, model=model),
            model=model,
            report=lambda done: progress.show(done, of=total),
        )
        try:
            if output is None:
                write(sys.stdout.buffer)
            else:
                _write_file(output, write=write, resume=resume)
        except LarderError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"{output or 'standard output'} cannot be written: {error.strerror}") from error
        progress.close()


def _write_file(output: Path, *, write: partial[int], resume: bool) -> None:
    beside = output.with_name(output.name + ".part")
    begun = _look_at(beside, expected=write.keywords["header"]) if resume else None
    with beside.open("r+b" if begun else "wb") as file:
        if begun:
            file.seek(begun.good_bytes)
            file.truncate()
        write(file, begun=begun)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(output)


def _look_at(partial_file: Path, *, expected: Header) -> Begun | None:
    if not partial_file.exists():
        return None
    with partial_file.open("rb") as file:
        return look_at_partial(file, expected=expected)
