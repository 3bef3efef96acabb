"""Django's command, which asks the database whether its history fits, and goes on without an answer."""

from typing import Any

from django.core.management.commands import makemigrations
from django.db import connection

PATIENCE_S = 1


class Command(makemigrations.Command):
    """Does not wait for a database that is not there as long as requests do, and needs no keys."""

    requires_system_checks = ("models",)

    def handle(self, *labels: str, **options: Any) -> None:
        connection.settings_dict["OPTIONS"]["pool"]["timeout"] = PATIENCE_S
        super().handle(*labels, **options)
