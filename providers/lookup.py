"""One provider by its id, or a sentence why there is none."""

from providers.errors import ProviderNotFound
from providers.models import MAX_ID_CHARS, Provider


def get_provider(provider_id: str) -> Provider:
    """With its last run and last success; raises ProviderNotFound."""
    provider: Provider | None = Provider.objects.with_last_run().with_last_success().named(provider_id).first()
    if provider is None:
        raise _not_found(provider_id)
    return provider


def lock_provider(provider_id: str) -> Provider:
    """The row, held until the transaction ends; raises ProviderNotFound."""
    provider: Provider | None = Provider.objects.select_for_update().named(provider_id).first()
    if provider is None:
        raise _not_found(provider_id)
    return provider


def _not_found(provider_id: str) -> ProviderNotFound:
    return ProviderNotFound(f"There is no provider {provider_id[:MAX_ID_CHARS]!r}.")
