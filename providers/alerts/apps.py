from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "providers.alerts"
    label = "alerts"
