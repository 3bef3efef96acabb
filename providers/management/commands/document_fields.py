from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from providers.manifest.table import write_table


class Command(BaseCommand):
    help = "Writes the table of a provider's fields in docs/reference/larder.yaml.md anew, from their declarations."

    def handle(self, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "reference" / "larder.yaml.md"
        page.write_text(write_table(page.read_text(encoding="utf-8")), encoding="utf-8")
