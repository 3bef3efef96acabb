from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "providers"
    verbose_name = "Providers"

    def ready(self) -> None:
        from knowledge.run_counts import LATE_RULES  # here, because models can be imported only now
        from providers.cleanup import refuse_of_cleaned

        LATE_RULES.append(refuse_of_cleaned)
