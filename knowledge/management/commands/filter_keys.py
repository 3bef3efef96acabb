"""`manage.py filter_keys list|declare|withdraw`: which keys of the metadata have indexes for ranges."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.audit import command_actor
from core.errors import LarderError
from knowledge.filter_keys.building import build_filter_keys, read_keys
from knowledge.filter_keys.declaring import declare_key, withdraw_key


class Command(BaseCommand):
    help = "Declare keys of the metadata, such as metadata.year, that filters ask for ranges of."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="what is declared, and how far its indexes are")
        for name, does in {"declare": "build indexes for a key", "withdraw": "remove them"}.items():
            actions.add_parser(name, help=does).add_argument("key")

    def handle(self, *args: Any, action: str, key: str = "", **options: Any) -> None:
        if action == "list":
            for each in read_keys():
                self.stdout.write(f"{each.key}  {each.state}, {each.share:.0%}")
            return
        try:
            (declare_key if action == "declare" else withdraw_key)(key, now=timezone.now(), actor=command_actor())
        except LarderError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{build_filter_keys()} indexes were built or removed.")
