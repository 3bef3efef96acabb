"""`manage.py rotate_secrets`: encrypt all secrets with the first of SECRETS_KEYS. It may be called again."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import command_actor
from core.clock import database_now
from core.errors import LarderError
from providers.rotation import rotate_secrets


class Command(BaseCommand):
    help = "Encrypt every secret with the first of SECRETS_KEYS. Exit code 1 where one cannot be read any more."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        try:
            rotation = rotate_secrets(now=database_now(), actor=command_actor())
        except LarderError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{rotation.rotated} encrypted anew, {rotation.current} were already.")
        for provider_id in rotation.unreadable:
            self.stdout.write(f"✕ {provider_id}: none of SECRETS_KEYS opens its secret; enter it again.")
        if rotation.unreadable:
            sys.exit(1)
