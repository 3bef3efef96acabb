"""Haystack's published suites for document stores, whole, blocking and awaited.

They are told three things about this store. It gives documents in the order of their ids. It makes the embeddings
itself, so that those of the suite (768 random numbers of no model) do not come back. And the policy NONE, which is left
to each store, overwrites.
"""

from dataclasses import replace

from haystack import Document
from haystack.document_stores.types import DuplicatePolicy
from haystack.testing import document_store as suite
from haystack.testing import document_store_async as awaited
from haystack_integrations.document_stores.larder import LarderDocumentStore

NEEDS_RECREATE = None
"""In place of a test that skips itself: it asks for a parameter that makes an index anew, and there is none to make."""


def equal(received: list[Document], expected: list[Document]) -> None:
    own = [replace(each, embedding=None) for each in sorted(expected, key=lambda each: each.id)]
    assert received == own


class TestBlocking(
    suite.DocumentStoreBaseExtendedTests,
    suite.FilterableDocsFixtureMixin,
    suite.CountDocumentsByFilterTest,
    suite.CountUniqueMetadataByFilterTest,
    suite.GetMetadataFieldsInfoTest,
    suite.GetMetadataFieldMinMaxTest,
    suite.GetMetadataFieldUniqueValuesTest,
):
    assert_documents_are_equal = staticmethod(equal)
    test_delete_all_documents_without_recreate_index = NEEDS_RECREATE
    test_delete_all_documents_with_recreate_index = NEEDS_RECREATE
    document_store = None  # the suite's fixture, in whose place stands that of conftest

    def test_write_documents(self, document_store: LarderDocumentStore) -> None:
        document = Document(id="1", content="before")
        assert document_store.write_documents([document]) == 1
        assert document_store.write_documents([replace(document, content="after")], DuplicatePolicy.NONE) == 1
        assert [each.content for each in document_store.filter_documents()] == ["after"]


class TestAwaited(
    awaited.CountDocumentsAsyncTest,
    awaited.CountDocumentsByFilterAsyncTest,
    awaited.CountUniqueMetadataByFilterAsyncTest,
    awaited.DeleteAllAsyncTest,
    awaited.DeleteByFilterAsyncTest,
    awaited.DeleteDocumentsAsyncTest,
    awaited.FilterDocumentsAsyncTest,
    awaited.GetMetadataFieldMinMaxAsyncTest,
    awaited.GetMetadataFieldUniqueValuesAsyncTest,
    awaited.GetMetadataFieldsInfoAsyncTest,
    awaited.UpdateByFilterAsyncTest,
    awaited.WriteDocumentsAsyncTest,
):
    assert_documents_are_equal = staticmethod(equal)
    test_delete_all_documents_without_recreate_index_async = NEEDS_RECREATE
    test_delete_all_documents_with_recreate_index_async = NEEDS_RECREATE

    async def test_write_documents_async(self, document_store: LarderDocumentStore) -> None:
        document = Document(id="1", content="before")
        assert await document_store.write_documents_async([document]) == 1
        assert await document_store.write_documents_async([replace(document, content="after")]) == 1
        assert [each.content for each in await document_store.filter_documents_async()] == ["after"]


def test_no_published_test_class_is_left_out() -> None:
    for module, used in ((suite, TestBlocking), (awaited, TestAwaited)):
        published = {
            each for name, each in vars(module).items() if name.endswith(("Test", "Tests")) and isinstance(each, type)
        }
        assert [each for each in published if not issubclass(used, each)] == []
