from django.apps import AppConfig

from knowledge.embedding.embedders import BACKENDS


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        BACKENDS.import_all()
