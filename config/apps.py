from django.apps import AppConfig


class LarderConfig(AppConfig):
    name = "config"
    verbose_name = "Larder"

    def ready(self) -> None:
        import config.checks  # noqa: F401 - registers them
