"""Files, URLs and texts that people and programs upload, and their way to becoming documents of the store.

The row (`models.File`) is the truth; a message in the queue only wakes a worker early. A worker holds a file by a
lease. Each stage ends in one transaction that asks whether the lease is still its own, so that a killed worker costs
one stage, and what was deleted meanwhile stays deleted.

    queued ──> extracting ──> chunking ──> embedding ──> indexing ──> done | failed | deleted
      ^                                                                 │       │
      └────────────── fetched again, tried again ───────────────────────┴───────┘

| from -> to | who moves it | file | what a person sees |
|---|---|---|---|
| (submitted) -> queued | who uploads | `uploads.submit`, `batch`, `folder` | Queued |
| queued -> extracting | a worker that has a place | `processing.leases.lease_files` | Extracting |
| extracting -> chunking | the worker, once it has the text | `processing.lifecycle`, `fetching`, `extract` | Chunking |
| chunking -> embedding | the worker, once the text is cut | `processing.chunks`, `splitting` | Embedding, its chunks |
| embedding -> indexing | the worker, once it has the vectors | `processing.indexing.embed_chunks` | Indexing |
| indexing -> done | the worker, with the documents | `processing.indexing.index_chunks` | Done, and its documents |
| extracting -> done | the worker, where a URL has not changed | `processing.lifecycle` | Done, and when fetched |
| extracting -> embedding | the same, where the collection has a time to live | `processing.lifecycle` | Embedding |
| extracting -> queued | the worker, which stops or has text enough | `processing.leases.put_back` | Queued |
| a stage -> the same | the worker, for another attempt | `processing.failures.end` | when it is tried again |
| a stage -> the same or an earlier one | the next worker | `processing.leases.lease_files` | the stage |
| a stage -> failed | the worker, or the next one after three lost leases | `processing.failures` | Failed, and why |
| a stage -> done | the same, where an earlier version stays | `processing.failures` | Done, but older than planned |
| failed -> queued | a person or a program | `processing.retry` | Queued |
| any but deleted -> queued | a program, with the bytes that are kept or with new ones | `uploads.again` | Queued |
| done -> queued | a URL's schedule, or a person | `processing.refetching` | Queued, while its documents stay |
| any -> deleted | a person or a program | `uploads.submit.delete_file` | Deleted, and the reason |
| done -> deleted | the sweep, once its time to live is over | `collections.collections` | Deleted: expired |

Read on in this order: `models`, `kinds` (what can be read), `uploads` (what is taken), `processing.lifecycle` (the
stages), `processing.leases` (who works on what), `extract` (from bytes to text, in a sandbox), `splitting` (from text
to chunks), `collections` and `api` (what programs see). `blobs` keeps the bytes until a file is done.

See docs/decisions/0070.
"""
