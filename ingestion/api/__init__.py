"""The published interfaces of ingestion: `/api/documents` (`documents`) and `/v1` (`collections`, `files`, `jobs`)."""
