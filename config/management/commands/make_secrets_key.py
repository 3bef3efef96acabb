"""`manage.py make_secrets_key`: prints a new key for `SECRETS_KEYS`."""

from typing import Any

from django.core.management.base import BaseCommand

from config.stack_record import fernet_key


class Command(BaseCommand):
    help = "Print a new key for SECRETS_KEYS. Put it first to encrypt with it; keep older ones behind it to decrypt."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        self.stdout.write(fernet_key())
