"""The one table of what an error is worth in HTTP: by its code, which `docs/reference/errors.md` explains.

Errors know no HTTP; whoever answers one asks here, whatever the shape of the answer.
"""

from collections.abc import Mapping

from core.errors import LarderError

STATUS: dict[str, int] = {
    "no_files": 400,
    "body_incomplete": 400,
    "invalid_memory_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "context-not-found": 404,
    "method_not_allowed": 405,
    "body_late": 408,
    "ambiguous": 409,
    "already_exists": 409,
    "already_syncing": 409,
    "collection_exists": 409,
    "conflict": 409,
    "held_decided": 409,
    "not_failed": 409,
    "provider_disabled": 409,
    "replacement_lost": 409,
    "run_not_active": 409,
    "run_over": 409,
    "too_many_filter_keys": 409,
    "bytes_forgotten": 410,
    "length_required": 411,
    "batch_too_large": 413,
    "body_too_large": 413,
    "filing_too_large": 413,
    "memory_too_large": 413,
    "too_many_files": 413,
    "kind_refused": 415,
    "encoding_unsupported": 415,
    "embedding_refused": 422,
    "extraction_failed": 422,
    "filing_refused": 422,
    "invalid_channel": 422,
    "invalid_cursor": 422,
    "invalid_documents": 422,
    "invalid_filter": 422,
    "invalid_json": 422,
    "invalid_key": 422,
    "invalid_manifest": 422,
    "invalid_provider": 422,
    "invalid_query": 422,
    "invalid_request": 422,
    "invalid_schedule": 422,
    "invalid_tag_expression": 422,
    "no-model": 422,
    "source_missing": 422,
    "budget_spent": 429,
    "too_many_requests": 429,
    "internal": 500,
    "not_implemented": 501,
    "alert_failed": 502,
    "database_unavailable": 503,
    "embedder_busy": 503,
    "embedder_error": 503,
    "embedder_loading": 503,
    "embedder_misconfigured": 503,
    "embedder_timeout": 503,
    "embedder_unavailable": 503,
    "embedding_dimensions_changed": 503,
    "model_unavailable": 503,
    "query_timeout": 503,
    "disk_full": 503,
    "too_many_bodies": 503,
    "too_many_pushes": 503,
}

DOCUMENTS_STATUS = STATUS | {"filing_refused": 400, "invalid_request": 400, "kind_refused": 400}
"""Below `/api/documents`, whose published clients expect 400 of what was refused for its own sake."""

MEMORY_STATUS = STATUS | dict.fromkeys(
    ("filing_refused", "invalid_json", "invalid_key", "invalid_query", "invalid_request"), 400
)
"""Of a memory, below `/api/v1/{context}/`: what its clients sent malformed is 400, and 422 what cannot be done."""

UNREADABLE = 400
"""Of `invalid_request` where not even the address can be read, as with a `Host` that is none of ours."""


def status_of(error: LarderError, table: Mapping[str, int] = STATUS) -> int:
    """By the code of its class: a failure may bear the code of its cause, which says nothing of a status."""
    return table[type(error).code]
