"""The store, files, and providers."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Self

from pydantic import model_validator

from config.env.base import KIB, MIB, Variables
from config.env.kinds import (
    MOST_DAYS,
    choice,
    clamped,
    directory,
    rate,
    read_address,
    read_allowed_host,
    read_credential,
    read_keep_alive,
    read_network,
    text,
    whole,
    words,
)
from config.env.shapes import LANGUAGES, LOCAL_MODEL, read_embedding_model, read_ocr_language, read_rerank_model
from knowledge.reranking import KINDS

A_YEAR_S = 31_536_000
TEN_YEARS_MINUTES = 5_256_000


class EmbeddingVariables(Variables):
    """Embedding"""

    EMBEDDING_MODEL: str = text(
        read=read_embedding_model,
        help=f"`{LOCAL_MODEL}`, `local:all-MiniLM-L6-v2`, `bge-m3` or another name of Ollama's, `openai:<model>`; "
        f"without one `{LOCAL_MODEL}`, with OLLAMA_URL set `bge-m3`",
    )
    OLLAMA_URL: str = text("http://localhost:11434", read=read_address, help="where Ollama answers")
    OPENAI_BASE_URL: str = text(
        "https://api.openai.com/v1", read=read_address, help="where OpenAI or a server that speaks like it answers"
    )
    OPENAI_API_KEY: str = text(read=read_credential, help="sent to OPENAI_BASE_URL")
    EMBED_KEEP_ALIVE: str = text(
        "24h",
        read=read_keep_alive,
        help="how long Ollama keeps the model loaded after it was asked last; -1: for good",
    )
    QUERY_EMBED_BUDGET_MS: int = whole(
        3_000,
        least=100,
        unit="ms",
        is_limit=True,
        help="how long a question waits for its vector; then it is answered 503, one in the mode `hybrid` by its words",
    )
    EMBED_BUDGET_MS: int = whole(
        5_000, unit="ms", is_limit=True, help="how long a push embeds before it leaves the rest to a worker"
    )
    PASSAGE_CHARS: int = whole(2_000, least=200, unit="characters", help="length of the passages that are embedded")
    PASSAGE_OVERLAP: int = whole(200, unit="characters", help="what two passages share; less than PASSAGE_CHARS")
    SEARCH_INDEX: str = choice(
        "codes",
        options=("codes", "hnsw", "qdrant"),
        help="what finds passages by meaning: `codes` beside the rows, on each machine that searches, `hnsw`, "
        "pgvector's graph in the database, or `qdrant`, a cluster at QDRANT_URL",
    )
    SEARCH_INDEX_DIR: Path | None = directory(
        None,
        shown="",
        help="where a machine keeps its codes, which it can always make again; `index` in LARDER_DATA_DIR",
    )
    SEARCH_RECALL_SAMPLE: int = whole(
        1_000,
        help="of so many questions one is asked again exactly, at most twice a minute, to tell the recall of `codes`; "
        "0: none",
    )
    HNSW_EF_SEARCH: int = clamped(
        144,
        least=10,
        most=1_000,
        help="how far the graph of `hnsw` is walked; 320 finds 98 of 100 among 1,000,000 passages",
    )
    SEARCH_LANGUAGE: str = choice(
        "english",
        options=LANGUAGES,
        accepts="",
        help="whose word endings keyword search ignores where neither a document nor its source names a language, or "
        "`simple`: none; after a change of it a worker writes the words of what is stored anew, the same for all "
        "processes",
    )

    @model_validator(mode="after")
    def _passages_go_on(self) -> Self:
        if self.PASSAGE_OVERLAP >= self.PASSAGE_CHARS:
            raise ValueError(
                f"PASSAGE_OVERLAP must be less than PASSAGE_CHARS, and is {self.PASSAGE_OVERLAP} of "
                f"{self.PASSAGE_CHARS}. Set PASSAGE_OVERLAP to a tenth of it."
            )
        return self


class RerankVariables(Variables):
    """Reranking, off without a model ([how](../how-to/rerank.md))"""

    RERANK_MODEL: str = text(
        read=read_rerank_model,
        help="who puts the best hits in a better order: `tei:<model>`, `jina:<model>` (also of vLLM, Infinity and "
        "llama.cpp), `cohere:<model>`, `voyage:<model>`; without one nobody",
    )
    RERANK_URL: str = text(
        read=read_address,
        help="where it answers, like `http://rerank:8080`, or the whole address where that ends with `/rerank`; for "
        "`cohere`, `jina` and `voyage` their own services without one",
    )
    RERANK_API_KEY: str = text(read=read_credential, help="sent to RERANK_URL")
    RERANK_BUDGET_MS: int = whole(
        1_500,
        least=10,
        unit="ms",
        is_limit=True,
        help="how long a query waits for the reranker; then it is answered in the order that was found",
    )
    RERANK_CANDIDATES: int = whole(
        50, least=1, most=200, unit="documents", is_limit=True, help="how many hits the reranker is shown at most"
    )
    RERANK_CHARS: int = whole(
        2_000,
        least=100,
        most=100_000,
        unit="characters",
        is_limit=True,
        help="how much of each passage the reranker is shown",
    )

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        kind = self.RERANK_MODEL.partition(":")[0]
        if kind and not (self.RERANK_URL or KINDS[kind].url):
            raise ValueError(
                f"RERANK_URL must be set for RERANK_MODEL={self.RERANK_MODEL}. Set it to where the server answers, "
                "like http://localhost:8080."
            )
        return self


class QdrantVariables(Variables):
    """Qdrant, a cluster for the vectors of a very large store ([how](../how-to/scale-with-qdrant.md))"""

    QDRANT_URL: str = text(
        read=read_address, help="where Qdrant answers by HTTP, like `http://qdrant:6333`; without one there is none"
    )
    QDRANT_API_KEY: str = text(read=read_credential, help="sent to QDRANT_URL")
    QDRANT_SHARDS: int = whole(
        6, least=1, most=1_000, help="pieces of a new collection, two for each node; later they cannot be more"
    )
    QDRANT_REPLICAS: int = whole(
        1, least=1, most=100, help="nodes that hold each piece; with 3 one may be away; for new collections"
    )
    QDRANT_BUDGET_MS: int = whole(
        300,
        least=10,
        unit="ms",
        is_limit=True,
        help="how long a query waits for Qdrant; then it is answered without it",
    )


class LimitVariables(Variables):
    """Limits: beyond them a request is answered 413 or 422 and nothing is stored"""

    MAX_BODY_BYTES: int = whole(
        32 * MIB,
        least=KIB,
        unit="bytes",
        is_limit=True,
        help="a request's body; judged by its Content-Length before it is read",
    )
    BODY_PATIENCE_S: int = whole(
        30,
        least=1,
        most=A_YEAR_S,
        unit="s",
        is_limit=True,
        help="a body that brings less than 500 bytes a second for so long, and at most twice as long, is answered 408",
    )
    MAX_BATCH: int = whole(
        1_000, least=1, is_limit=True, help="documents in one `bulk-upsert`, or in one part of a set"
    )
    PUSHES_AT_ONCE: int = whole(
        1,
        least=1,
        is_limit=True,
        help="pushes of more than ten documents that a web process embeds at a time, and stores at a time",
    )
    PUSH_PATIENCE_S: int = whole(
        10,
        least=1,
        unit="s",
        is_limit=True,
        help="how long such a push waits for its turn, which counts as time for embedding; "
        "then it is answered 503 `too_many_pushes`",
    )
    MAX_REPLACE: int = whole(
        100_000,
        least=1,
        is_limit=True,
        help="documents in one `PUT /sources/{source}/documents`; "
        "larger sets come in [parts](../explanation/deletions.md)",
    )
    MAX_CONTENT_CHARS: int = whole(1_000_000, least=1, is_limit=True, help="characters of a document's content")
    MAX_QUERY_CHARS: int = whole(10_000, least=1, is_limit=True, help="characters of a query's text")
    MAX_QUERY_WORDS: int = whole(
        128, least=1, is_limit=True, help="different words of a query that count; further ones are not searched for"
    )
    MAX_QUERY_BYTES: int = whole(
        256 * KIB, least=KIB, unit="bytes", is_limit=True, help="the body of a question, to the store or to a memory"
    )
    QUERY_BUDGET_MS: int = whole(
        1_500,
        least=100,
        unit="ms",
        is_limit=True,
        help="how long a query may search, beside the embedding of its text; then it is answered 503 `query_timeout`",
    )
    MAX_ID_CHARS: int = whole(
        512, least=1, is_limit=True, help="characters of a document's id; control characters are refused"
    )
    MAX_SOURCE_CHARS: int = whole(
        128,
        least=1,
        is_limit=True,
        help="characters of a source's name; slashes and control characters are refused",
    )
    MAX_TAGS: int = whole(
        64,
        least=8,
        is_limit=True,
        help="tags of a document; with what is [uploaded](files.md#tags) five less may be given",
    )
    MAX_TAG_CHARS: int = whole(128, least=32, is_limit=True, help="characters of a tag")
    MAX_METADATA_BYTES: int = whole(64 * KIB, unit="bytes", is_limit=True, help="a document's metadata as JSON")
    MAX_METADATA_DEPTH: int = whole(16, least=1, is_limit=True, help="nesting of a document's metadata")
    THROTTLE_RATE: tuple[int, int] | None = rate(
        "600000/minute", help="requests of one access key; beyond it 429; off: no limit"
    )


class IngestionVariables(Variables):
    """Files"""

    MAX_FILING_BYTES: int = clamped(
        10 * MIB, least=KIB, most=100 * MIB, unit="bytes", is_limit=True, help="one text, page or file"
    )
    MAX_UPLOAD_FILES: int = whole(10, least=1, is_limit=True, help="files in one upload to a collection")
    MAX_UPLOAD_BYTES: int = whole(
        100 * MIB,
        least=KIB,
        unit="bytes",
        is_limit=True,
        help="the files of one upload in all, at `/files/` too; uploads have this limit instead of `MAX_BODY_BYTES`",
    )
    MAX_CONCURRENT_FILINGS: int = whole(2, least=1, is_limit=True, help="files that workers process at the same time")
    OCR_LANGUAGES: list[str] = words(
        read_word=read_ocr_language,
        help="read text off [pictures of pages](../how-to/upload-files.md#scans-and-pictures) in these languages, like "
        "`en de`; without any none is read",
    )
    MAX_OCR_PAGES: int = whole(
        100, least=1, most=5_000, is_limit=True, help="pages of a file that are read off their pictures, the first ones"
    )
    CHUNK_CHARS: int = clamped(
        2_000,
        least=200,
        most=50_000,
        unit="characters",
        is_limit=True,
        help="length of the chunks of a file; a change re-chunks nothing",
    )
    CHUNK_OVERLAP: int = clamped(
        200, least=0, most=10_000, unit="characters", is_limit=True, help="what two chunks share"
    )


class TimeVariables(Variables):
    """Time"""

    TRASH_DAYS: int = whole(
        7, most=MOST_DAYS, unit="days", help="deleted and expired documents can be restored for so long"
    )
    CHANGE_DAYS: int = whole(30, most=MOST_DAYS, unit="days", help="the history of documents is kept for so long")
    RENEWAL_DAYS: int = whole(2, most=MOST_DAYS, unit="days", help="of the history, mere renewals for so long")
    DIFF_DAYS: int = whole(
        7,
        most=MOST_DAYS,
        unit="days",
        is_limit=True,
        help="how long replaced contents are kept for the differences of a run; 0 keeps none",
    )
    AUDIT_DAYS: int = whole(365, least=1, most=MOST_DAYS, unit="days", help="how long the audit keeps who did what")


class DeletionVariables(Variables):
    """Deletions that wait for a person"""

    DELETE_PERCENT: int = whole(
        30,
        unit="percent",
        is_limit=True,
        help="one push or run that would delete a larger share of its source "
        "is [held](../explanation/deletions.md#held)",
    )
    DELETE_FLOOR: int = whole(
        10, is_limit=True, help="fewer documents than this are never held, unless nothing would be left"
    )


class ProviderVariables(Variables):
    """Providers"""

    MAX_CONCURRENT_SYNCS: int = whole(
        256, least=1, is_limit=True, help="syncs running at the same time, over all workers"
    )
    RUN_DAYS: int = whole(
        365,
        least=1,
        most=MOST_DAYS,
        unit="days",
        help="runs are kept for so long, and each provider's newest success for good",
    )
    RUN_QUEUE_MINUTES: int = whole(
        60,
        least=1,
        most=TEN_YEARS_MINUTES,
        unit="minutes",
        is_limit=True,
        help="how long a run may wait for a worker, from when it may start",
    )
    SYNC_BODY_BYTES: int = whole(MIB, least=KIB, unit="bytes", is_limit=True, help="one answer of a provider")
    PROVIDER_ALLOWED_NETWORKS: list[IPv4Network | IPv6Network] = words(
        read_word=read_network,
        help="providers and webhooks of alerts may be there only, or under the names below; like 10.20.0.0/16 10.7.0.9",
    )
    PROVIDER_ALLOWED_HOSTS: list[str] = words(
        read_word=read_allowed_host, help="names like wiki.internal or .corp.example; a dot in front: all below it"
    )
