"""`manage.py export_config`: what is registered as a larder.yaml, without secrets. Applying it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from providers.manifest import export_manifest


class Command(BaseCommand):
    help = "Print the registered providers and stages as a larder.yaml; secrets are left out."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        self.stdout.write(export_manifest(), ending="")
