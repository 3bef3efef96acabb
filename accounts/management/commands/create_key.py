"""`manage.py create_key NAME --role provider|analyzer|admin [--source S] [--stage S]`: prints the new key alone."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.audit import command_actor
from accounts.keys import STORE_ROLES, create_key, get_owner
from accounts.limits import Narrowing, Verb
from accounts.models import AccessKey, Stage
from core.errors import LarderError

MOST_DAYS = 36_500


class Command(BaseCommand):
    help = "Make an access key and print it; it cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="who will use it, as people know them")
        parser.add_argument("--role", required=True, choices=[role.value for role in STORE_ROLES])
        parser.add_argument("--source", help="the only source it may see and write; without: any")
        parser.add_argument("--stage", help="the stage whose retrieval limits cap it; analyzers only")
        parser.add_argument("--sources", nargs="+", default=[], help="the only sources, where it is several")
        parser.add_argument("--tags", default="", help="a tag expression that all it reads and writes carries")
        parser.add_argument(
            "--verbs", nargs="+", default=[], choices=[verb.value for verb in Verb], help="all that it may do"
        )
        parser.add_argument("--owner", help="the user whom it belongs to and ends with")
        parser.add_argument("--days", type=int, help="expires after this many days; without: never")

    def handle(
        self, *, name: str, role: str, source: str | None, stage: str | None, days: int | None, **options: Any
    ) -> None:
        if role == AccessKey.Role.ADMIN and source:
            raise CommandError("An admin key is bound to no source; leave --source out.")
        if stage and role != AccessKey.Role.ANALYZER:
            raise CommandError("Only an analyzer's key is bound to a stage; leave --stage out.")
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days is 1 to {MOST_DAYS:,}; without it the key never expires.")
        expires_at = timezone.now() + timedelta(days=days) if days else None
        narrowing = Narrowing(sources=tuple(options["sources"]), tags=options["tags"], verbs=tuple(options["verbs"]))
        try:
            _, raw = create_key(
                name,
                role=role,
                source=source,
                stage=_stage(stage),
                narrowing=narrowing,
                owner=get_owner(options["owner"]),
                expires_at=expires_at,
                actor=command_actor(),
            )
        except LarderError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(raw)


def _stage(name: str | None) -> Stage | None:
    if not name:
        return None
    stage = Stage.objects.filter(name=name).first()
    if stage is None:
        known = ", ".join(Stage.objects.order_by("name").values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no stage {name!r}; these are: {known}. `apply_stages` makes them.")
    return stage
