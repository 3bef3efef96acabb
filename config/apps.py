from django.apps import AppConfig


class LarderConfig(AppConfig):
    name = "config"
    verbose_name = "Larder"

    def ready(self) -> None:
        import config.checks  # noqa: F401 - registers them
        from config.processes.key_readiness import keys_row
        from providers.system.readiness import OTHER_PARTS

        OTHER_PARTS.append(keys_row)
