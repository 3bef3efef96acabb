from typing import Any

from django.core.management.base import BaseCommand

from core.progress import ProgressLine
from knowledge.models import Document
from knowledge.writing.fulltext import rewrite_fulltext


class Command(BaseCommand):
    help = "Write the words of all documents anew for keyword search, as a change of SEARCH_LANGUAGE asks for."

    def handle(self, *args: Any, **options: Any) -> None:
        progress = ProgressLine(self.stdout, unit="documents")
        total = Document.objects.count()
        for done in rewrite_fulltext():
            progress.show(done, of=total)
        progress.close()
