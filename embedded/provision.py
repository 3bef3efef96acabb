"""What stands between an empty database and a first look: migrations, the first admin, the first keys, the demo."""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.keys import create_key
from accounts.models import AccessKey
from config import env
from config.postgresql.alone import alone_with
from config.postgresql.schema import unknown_migrations
from embedded import demo
from embedded.child import StackRefused
from providers.ownership import DatabaseForeign, claim_database

ADMIN = "admin"
FIRST_SOURCE = "notes"


def provision(*, demo_port: int | None, say: Callable[[str], object]) -> dict[str, Any]:
    """Do what is missing, alone. Returns the secrets that were made now, each None where there was nothing to make."""
    with alone_with(connection.alias, say=say):
        return _provision(demo_port=demo_port, say=say)


def _provision(*, demo_port: int | None, say: Callable[[str], object]) -> dict[str, Any]:
    migrate(say=say)
    now = timezone.now()
    try:
        claim_database(now=now)
    except DatabaseForeign as foreign:
        raise StackRefused(str(foreign)) from foreign
    facts: dict[str, Any] = {"admin_password": create_first_admin(), "keys": create_first_keys()}
    if demo_port is None:
        demo.withdraw(now=now)
        return facts
    return facts | {"demo": demo.register(demo_port, now=now)}


def migrate(*, say: Callable[[str], object]) -> None:
    """Raises StackRefused where another version of Larder made the database."""
    executor = MigrationExecutor(connection)
    if unknown := unknown_migrations(executor.loader.applied_migrations):
        raise StackRefused(_made_by_another(unknown))
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        say(f"applying {missing} migrations")
        call_command("migrate", interactive=False, verbosity=0)


def _made_by_another(unknown: list[str]) -> str:
    name, host = connection.settings_dict["NAME"], connection.settings_dict["HOST"] or "localhost"
    more = f" and {len(unknown) - 1} more" if unknown[1:] else ""
    return (
        f"The database {name!r} at {host}, data directory {settings.DATA_DIR}, was made by another version of Larder: "
        f"this one does not know its migration {unknown[0]}{more}. Nothing was changed. "
        "Start that version with it, or choose another --data-dir or DATABASE_URL for this one."
    )


def create_first_admin() -> str | None:
    """The password that was made up for the new admin; None when it was given, or when there are admins already."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    given = env.read().LARDER_ADMIN_PASSWORD
    password = given or secrets.token_urlsafe(16)
    users.create_superuser(username=ADMIN, password=password)
    return None if given else password


def create_first_keys() -> dict[str, str] | None:
    """A raw key for each role; None when there are keys already."""
    if AccessKey.objects.exists():
        return None
    return {
        "provider": create_key(f"{FIRST_SOURCE}, made at first start", role="provider", source=FIRST_SOURCE)[1],
        "analyzer": create_key("analyzer, made at first start", role="analyzer")[1],
        "admin": create_key("admin, made at first start", role="admin")[1],
    }
