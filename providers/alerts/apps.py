from django.apps import AppConfig

from providers.alerts.channels import CHANNEL_KINDS


class AlertsConfig(AppConfig):
    name = "providers.alerts"
    label = "alerts"

    def ready(self) -> None:
        CHANNEL_KINDS.import_all()
