"""Larder for LangChain: what can be done by the server is done there, and nothing is embedded on the client.

`LarderVectorStore` stores and searches, `LarderRetriever` searches only, `index_documents` makes a set of documents
what Larder holds, without a record manager, `LarderDocumentIndex` is that as LangChain's own interface, and
`LarderChatMessageHistory` keeps conversations.
"""

from langchain_larder.chat_history import LarderChatMessageHistory
from langchain_larder.document_index import LarderDocumentIndex
from langchain_larder.indexing import aindex_documents, index_documents
from langchain_larder.retrievers import LarderRetriever
from langchain_larder.vectorstores import LarderVectorStore

__all__ = [
    "LarderChatMessageHistory",
    "LarderDocumentIndex",
    "LarderRetriever",
    "LarderVectorStore",
    "aindex_documents",
    "index_documents",
]
