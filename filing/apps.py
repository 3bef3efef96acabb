from django.apps import AppConfig

from filing.kinds import kinds_by_media_type, kinds_by_suffix


class FilingConfig(AppConfig):
    name = "filing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        kinds_by_suffix()
        kinds_by_media_type()
