"""`manage.py rotate_secrets`: encrypt all secrets with the first of SECRETS_KEYS. It may be called again."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import command_actor
from core.clock import database_now
from core.errors import LarderError
from providers.ownership import DatabaseForeign, claim_database, take_over_database
from providers.rotation import rotate_secrets


class Command(BaseCommand):
    help = "Encrypt every secret with the first of SECRETS_KEYS. Exit code 1 where one cannot be read any more."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keys-are-lost", action="store_true", help="the database is that of SECRETS_KEYS, whosever it was"
        )

    def handle(self, *, keys_are_lost: bool, **options: Any) -> None:
        now = database_now()
        try:
            if not keys_are_lost:
                claim_database(now=now)
            rotation = rotate_secrets(now=now, actor=command_actor())
        except DatabaseForeign as error:
            raise CommandError(str(error)) from error
        except LarderError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{rotation.rotated} encrypted anew, {rotation.current} were already.")
        if keys_are_lost or not rotation.unreadable:
            take_over_database(now=now)
        for provider_id in rotation.unreadable:
            self.stdout.write(f"✕ {provider_id}: none of SECRETS_KEYS opens its secret; enter it again.")
        if rotation.unreadable:
            sys.exit(1)
