from django.apps import AppConfig

from ingestion.kinds import kinds_by_media_type, kinds_by_suffix


class IngestionConfig(AppConfig):
    name = "ingestion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        kinds_by_suffix()
        kinds_by_media_type()
