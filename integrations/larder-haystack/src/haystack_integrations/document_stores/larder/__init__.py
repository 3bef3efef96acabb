"""Larder as a document store of Haystack."""

from haystack_integrations.document_stores.larder.document_store import LarderDocumentStore

__all__ = ["LarderDocumentStore"]
