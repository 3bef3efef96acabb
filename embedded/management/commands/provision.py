import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from embedded.child import StackRefused
from embedded.provision import provision


class Command(BaseCommand):
    help = (
        "Bring the database up to date and make what a first start needs; used by `up`. Prints JSON with new secrets."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo-port", type=int, help="register the demo provider, which listens on this port")

    def handle(self, *, demo_port: int | None, **options: Any) -> None:
        try:
            facts = provision(demo_port=demo_port, say=self.stderr.write)
        except StackRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(json.dumps(facts))
