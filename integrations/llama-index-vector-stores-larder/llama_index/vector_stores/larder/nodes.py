"""LlamaIndex's nodes as Larder's documents, and back."""

from __future__ import annotations

from collections.abc import Sequence

from larder_sdk import KnowledgeDocument, OwnVector
from llama_index.core.schema import BaseNode, MetadataMode, TextNode
from llama_index.core.vector_stores.utils import metadata_dict_to_node, node_to_metadata_dict

WITHOUT_TEXT = "_without_text"
"""In the metadata of a node that has no text, such as of a picture: a document has one, which the node does not get."""
OF_DOCUMENT = ["metadata", "ref_doc_id"]


def larder_document(node: BaseNode, *, tags: Sequence[str], embedding_model: str) -> KnowledgeDocument:
    """With the node's vector where it has one."""
    text = node.get_content(metadata_mode=MetadataMode.NONE)
    blank = not text.strip()
    metadata = node_to_metadata_dict(node, remove_text=not blank) | ({WITHOUT_TEXT: True} if blank else {})
    return KnowledgeDocument(
        id=node.node_id,
        content=f"({node.class_name()})" if blank else text,
        metadata=metadata,
        tags=[*tags],
        vectors=[OwnVector(vector=node.embedding)] if node.embedding else None,
        embedding_model=embedding_model if node.embedding else "",
    )


def node_of(document: KnowledgeDocument) -> BaseNode:
    """What did not come from LlamaIndex is a node of text. Raises ValueError, which names a node that is broken."""
    if "_node_content" not in document.metadata:
        return TextNode(id_=document.id, text=document.content, metadata=document.metadata)
    try:
        text = None if document.metadata.get(WITHOUT_TEXT) else document.content
        return metadata_dict_to_node(document.metadata, text=text)
    except ValueError as error:
        raise ValueError(
            f"The document {document.id!r} of {document.source!r} cannot be read as a node: {error}"
        ) from error
