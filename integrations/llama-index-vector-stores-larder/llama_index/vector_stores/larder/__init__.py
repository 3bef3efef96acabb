"""Larder as a vector store of LlamaIndex.

`LarderVectorStore` stores nodes and answers queries; `LarderEmbedding` is the embedding model of an index that leaves
embedding to Larder.
"""

from llama_index.vector_stores.larder.base import LarderVectorStore
from llama_index.vector_stores.larder.embedding import LarderEmbedding

__all__ = ["LarderEmbedding", "LarderVectorStore"]
