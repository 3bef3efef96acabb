"""What is told of the documents of a context, of their chunks and of the words that they are found by."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from memory.api.answers.base import Labels, Ms, PagedOut, Scopes, Score, Shape

Status = Annotated[
    Literal["queued", "extracting", "chunking", "embedding", "keywording", "extracting_nodes", "ready", "failed"],
    Field(description="how far it is"),
]
Hash = Annotated[str, Field(description="SHA-256 of the bytes, in hexadecimal")]


class UploadedOut(Shape):
    """An upload that is kept, and processed next."""

    id: str = Field(description="document:<id>")
    status: Status
    content_hash: Hash
    older_content_hash: Hash = Field(alias="content_hash")
    deduplicated: bool = Field(description="true: the same bytes were there already, and are not processed again")


class MemoryDocumentOut(Shape):
    """A file of a context."""

    id: str = Field(description="document:<id>")
    content_hash: Hash
    created_at: datetime = Field(description="when it was uploaded")
    updated_at: datetime = Field(description="when anything of it last changed")
    mime_type: str = Field(description="as its content says")
    size_bytes: int = Field(description="of the upload")
    source: str = Field(description="where it comes from, as it was told; or empty")
    status: Status
    title: str = Field(description="as it was told or found, else the file's name, else the id")
    filename: str | None = Field(description="as it was uploaded")
    version: int = Field(description="from 1; other bytes are the next one")
    chunk_count: int = Field(description="passages that it was split into")
    keyword_count: int | None = Field(description="words that it is found by; null in lists")
    error: str | None = Field(description="a sentence, where it failed")
    error_kind: Literal["temporary", "permanent"] | None = Field(description="whether trying again may help")
    language: str | None = Field(description="null; published, and not told apart here")
    scopes: Scopes
    labels: Labels
    profile: str | None = Field(description="as it was sent; only text is extracted")
    observed_at: datetime | None = Field(description="when it was so, as it was told")
    processing_started_at: datetime | None = Field(description="null: it has not begun")
    processing_completed_at: datetime | None = Field(description="null: it is not done")


class MemoryDocumentsOut(PagedOut):
    """Documents, the newest first."""

    documents: list[MemoryDocumentOut] = Field(description="of this page")


class ChunkOut(Shape):
    """A passage of a document."""

    id: str = Field(description="chunk:<document>.<position>")
    document: str = Field(description="document:<id>")
    char_start: int = Field(description="where it begins in the document's text")
    char_end: int = Field(description="behind its last character")
    position: int = Field(description="from 0")
    text: str = Field(description="its words")
    section: str | None = Field(description="the headings above it")
    page: int | None = Field(description="from 1, where the file has pages")
    token_count: int = Field(description="an estimate")


class ChunksOut(PagedOut):
    """Chunks of a document, by position."""

    chunks: list[ChunkOut] = Field(description="of this page")


class PassageHitOut(Shape):
    """A passage that answers, with the document it is of."""

    score: Score
    chunk: ChunkOut = Field(description="the passage")
    document: MemoryDocumentOut = Field(description="that it is of")


class PassageHitsOut(Shape):
    """The passages that answer."""

    results: list[PassageHitOut] = Field(description="the best first")
    query_ms: Ms


class LinksOut(Shape):
    """Published; passages hold no links of their own here."""

    links_emitted: int = Field(description="0")


class KeywordOut(Shape):
    """A word that documents are found by."""

    id: str = Field(description="keyword:<stem>")
    normalised: str = Field(description="its stem")
    text: str = Field(description="the same as normalised")
    document_count: int = Field(description="documents that hold it")


class KeywordsOut(PagedOut):
    """Words, those in most documents first."""

    keywords: list[KeywordOut] = Field(description="of this page")


class ScoredKeywordOut(KeywordOut):
    """A word with how well it fits."""

    score: Score


class KeywordHitsOut(Shape):
    """Words near those of a text."""

    results: list[ScoredKeywordOut] = Field(description="the nearest first")
    query_ms: Ms


class KeywordPlaceOut(Shape):
    """A document that holds a word."""

    id: str = Field(description="document:<id>")
    title: str = Field(description="its title, else its file's name")
    count: int = Field(description="how often it holds the word")


class KeywordPlacesOut(KeywordOut):
    """A word, and where it stands."""

    documents: list[KeywordPlaceOut] = Field(description="at most 500")


class DocumentKeywordsOut(Shape):
    """The words of a document."""

    keywords: list[ScoredKeywordOut] = Field(description="the most frequent first; scores are shares of its frequency")
