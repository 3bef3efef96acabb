"""Django's command, one at a time for each database, and each migration with its note or not at all.

See docs/decisions/0211.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from django.db.transaction import atomic

from config.postgresql.alone import alone_with


class WholeMigrations(MigrationExecutor):
    """Django notes most migrations when they are committed: killed in between, the next start would make them again."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        if not migration.atomic:
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        with atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)


migrate.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined]


class Command(migrate.Command):
    def handle(self, *labels: Any, **options: Any) -> None:
        with alone_with(options["database"], say=self.stderr.write):
            super().handle(*labels, **options)
