"""`manage.py held list|show|approve|discard`: deletions that wait for a person."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.audit import command_actor
from core.errors import LarderError
from knowledge.deleting.held import approve_held, discard_held, find_held, held_documents
from knowledge.models import HeldDeletion

SHOWN = 1_000


class Command(BaseCommand):
    help = "Show deletions that were held because they are large, and decide them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="what waits")
        for name, does in {
            "show": "the documents that would go",
            "approve": "delete them",
            "discard": "keep them",
        }.items():
            actions.add_parser(name, help=does).add_argument("id", type=UUID)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(options.get("id"))
        except LarderError as error:
            raise CommandError(error.detail) from error

    def _list(self, _: None) -> None:
        for held in HeldDeletion.objects.filter(state=HeldDeletion.State.PENDING).order_by("-held_at").defer("keys"):
            when = f"{held.held_at:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"{held.pk}  {held.source}  {held.count} of {held.live}, {held.reason}; since {when}")

    def _show(self, held_id: UUID) -> None:
        held = find_held(held_id)
        documents = held_documents(held, limit=SHOWN)
        for document in documents:
            self.stdout.write(document.key)
        if held.state == HeldDeletion.State.PENDING and held.count > len(documents):
            self.stdout.write(f"… {held.count - len(documents)} more")

    def _approve(self, held_id: UUID) -> None:
        held = approve_held(held_id, now=timezone.now(), actor=command_actor())
        self.stdout.write(f"{held.deleted} documents of {held.source} are in the trash.")

    def _discard(self, held_id: UUID) -> None:
        held = discard_held(held_id, now=timezone.now(), actor=command_actor())
        self.stdout.write(f"The {held.count} documents of {held.source} stay.")
