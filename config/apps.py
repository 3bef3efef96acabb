from django.apps import AppConfig


class LarderConfig(AppConfig):
    name = "config"
    verbose_name = "Larder"
