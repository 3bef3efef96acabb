"""`manage.py test_alert [channel]`: send a test by one channel, by its name, or by all that are enabled."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import command_actor
from core.clock import database_now
from providers.alerts.deliver import send_test
from providers.alerts.models import Alert, AlertChannel


class Command(BaseCommand):
    help = "Send a test alert and say how it went. Exit code 1 where one did not arrive."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", nargs="?", help="its name; without: all that are enabled")

    def handle(self, *, channel: str | None, **options: Any) -> None:
        found = AlertChannel.objects.filter(name=channel) if channel else AlertChannel.objects.filter(enabled=True)
        if not found:
            raise CommandError(f"There is no alert channel {channel!r}." if channel else "No alert channel is enabled.")
        results = [self._test(each) for each in found]
        if not all(results):
            sys.exit(1)

    def _test(self, channel: AlertChannel) -> bool:
        alert = send_test(channel.pk, now=database_now(), actor=command_actor())
        arrived = alert.state == Alert.State.DELIVERED
        self.stdout.write(f"{'✓' if arrived else '✕'} {channel.name}  {'delivered' if arrived else alert.error}")
        return arrived
