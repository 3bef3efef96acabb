"""`manage.py apply_stages larder.yaml`: stages and their retrieval limits, whole or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.stages import StagesInvalid, apply_stages, parse_stages


class Command(BaseCommand):
    help = "Make the stages of a larder.yaml, with their retrieval limits, and bind the keys of their analyzers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            specs = parse_stages(file.read_text(encoding="utf-8"))
        except StagesInvalid as error:
            raise CommandError(f"{file}: {error.detail} Nothing was changed.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        applied = apply_stages(specs, now=timezone.now())
        unchanged = len(specs) - len(applied.created) - len(applied.updated)
        self.stdout.write(
            f"{len(applied.created)} stages created, {len(applied.updated)} updated, {unchanged} unchanged; "
            f"{applied.bound} keys bound."
        )
        for stage, analyzer in applied.keyless:
            make = f"manage.py create_key {analyzer} --role analyzer --stage {stage}"
            self.stdout.write(f"{analyzer} has no key yet: {make}")
