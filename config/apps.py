import gc

from django.apps import AppConfig


class LarderConfig(AppConfig):
    """The first of the apps.

    What all of them import lives as long as the process. Python's collector would go through it again and again while
    it grows, with every full collection later, and once more at the end; see docs/decisions/0200.
    """

    name = "config"
    verbose_name = "Larder"

    def import_models(self) -> None:
        gc.disable()
        super().import_models()

    def ready(self) -> None:
        import config.checks  # noqa: F401 - registers them

        gc.freeze()
        gc.enable()
