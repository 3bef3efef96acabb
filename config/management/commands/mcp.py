"""`manage.py mcp`: Larder's tools for the program that starts it, over standard input and output."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.access import Unauthorized
from config.mcp.outages import outage
from config.postgresql.limits import DatabaseWork
from config.processes.starting import start_as
from mcp_server.caller import caller_with


class Command(BaseCommand):
    help = "Serve Larder's tools by the Model Context Protocol over standard input and output, with the key LARDER_KEY."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        if not settings.LARDER_KEY:
            raise CommandError("LARDER_KEY is not set: the access key that says what these tools may do.")
        try:
            caller_with(settings.LARDER_KEY, address="", now=timezone.now())
        except Unauthorized as error:
            raise CommandError(f"LARDER_KEY: {error.detail}") from None
        start_as(DatabaseWork.WRITE)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # else Ctrl-C would wait for the next line of standard input
        from mcp_server.over_stdio import serve_stdio  # the library, which other commands do without

        serve_stdio(settings.LARDER_KEY, outage=outage)
