from django.apps import AppConfig


class MemoryConfig(AppConfig):
    name = "memory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from memory.readiness import readiness_rows  # once there are models
        from providers.system.readiness import OTHER_PARTS

        if readiness_rows not in OTHER_PARTS:
            OTHER_PARTS.append(readiness_rows)
