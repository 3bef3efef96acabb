"""The bases of backends, where published adapters import them from: `knowledge_layer.base`."""

from larder_sdk.knowledge_layer.cleanup import TTLCleanupMixin
from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever

__all__ = ["BaseIngestor", "BaseRetriever", "TTLCleanupMixin"]
