"""`manage.py import_memory context.jsonl`: a context that `export_memory` wrote."""

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.audit import command_actor
from core.errors import LarderError
from memory.transfer.load import load_context


class Command(BaseCommand):
    help = "Make a context of the lines that export_memory wrote: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="- for standard input")
        parser.add_argument("--as", default="", dest="name", help="another id, where the exported one is taken")

    def handle(self, *, file: Path, name: str, **options: Any) -> None:
        try:
            with nullcontext(sys.stdin) if str(file) == "-" else file.open(encoding="utf-8") as lines:
                context = load_context(lines, now=timezone.now(), actor=command_actor(), name=name)
        except LarderError as error:
            raise CommandError(error.detail) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        self.stdout.write(
            f"{context.pk} is there, and is searched by words at once. Make keys for it: none came with it."
        )
