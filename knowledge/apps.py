from django.apps import AppConfig

from knowledge.embedding.embedders import BACKENDS
from knowledge.reranking import KINDS


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        BACKENDS.import_all()
        KINDS.import_all()
