"""`manage.py export_memory CONTEXT > context.jsonl`: a context of the memory as JSON Lines."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from memory.access.contexts import get_context
from memory.errors import ContextNotFound
from memory.transfer.export import export_context


class Command(BaseCommand):
    help = "Write a context with all that it remembers as lines of JSON, to standard output. Keys and files stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("context", help="its id")

    def handle(self, *, context: str, **options: Any) -> None:
        try:
            found = get_context(context)
        except ContextNotFound as error:
            raise CommandError(error.detail) from error
        for line in export_context(found):
            self.stdout.write(line)
