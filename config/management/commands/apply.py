"""`manage.py apply larder.yaml [--dry-run] [--prune]`: make it so, and show what that changes."""

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import command_actor
from config import env
from core.clock import database_now
from providers.errors import ManifestInvalid
from providers.manifest import ManifestChange, ManifestPlan, apply_manifest, plan_manifest, read_manifest
from providers.ownership import DatabaseForeign, claim_database

MOST_BYTES = 4_000_000
MARKS = {"create": "+", "update": "~", "disable": "-"}


class Command(BaseCommand):
    help = "Apply a larder.yaml (or spot.yaml): all of it in one transaction, effective at once."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="its path; - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument("--prune", action="store_true", help="disable providers that the file does not declare")

    def handle(self, *, file: str, dry_run: bool, prune: bool, **options: Any) -> None:
        try:
            claim_database(now=database_now())
            manifest = read_manifest(_read(file))
            if dry_run:
                plan = plan_manifest(manifest, environment=env.text, prune=prune)
            else:
                plan = apply_manifest(
                    manifest, environment=env.text, now=database_now(), prune=prune, actor=command_actor()
                )
        except DatabaseForeign as error:
            raise CommandError(str(error)) from error
        except ManifestInvalid as error:
            raise CommandError(
                "\n".join([f"{file} is refused, nothing was changed:", *map(str, error.faults)])
            ) from error
        self._show(plan, dry_run=dry_run)

    def _show(self, plan: ManifestPlan, *, dry_run: bool) -> None:
        for change in plan.changes:
            self.stdout.write(_lines(change))
        for section in plan.ignored:
            self.stderr.write(f"left alone: {section} belongs to another program")
        done = "would change" if dry_run else "changed"
        self.stdout.write(f"{len(plan.changes)} {done}, {plan.unchanged} as declared")


def _lines(change: ManifestChange) -> str:
    return "\n".join([f"{MARKS[change.verb]} {change.kind} {change.id}", *(f"    {field}" for field in change.fields)])


def _read(file: str) -> str:
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise CommandError(f"{file} is larger than {MOST_BYTES:,} bytes.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CommandError(f"{file} is refused, nothing was changed:\nLine {line}: this is no UTF-8.") from error
