from django.apps import AppConfig

from ingestion.kinds import kinds_by_media_type, kinds_by_suffix


class IngestionConfig(AppConfig):
    name = "ingestion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ingestion.readiness import confinement_rows  # once there are models
        from providers.system.readiness import OTHER_PARTS

        if confinement_rows not in OTHER_PARTS:
            OTHER_PARTS.append(confinement_rows)
        kinds_by_suffix()
        kinds_by_media_type()
