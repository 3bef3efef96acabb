"""Kinds of servers that rerank, a file each: see `knowledge.reranking`."""
