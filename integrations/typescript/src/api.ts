// Written by generate.mjs from Larder's OpenAPI document; not to be changed by hand.

export interface paths {
    "/api/v1/knowledge/bulk-upsert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store a batch, all or nothing
         * @description At most `MAX_BATCH` documents. `Prefer: wait=<seconds>` says how long the client waits for embedding.
         */
        post: operations["bulkUpsert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Documents
         * @description Newest first. `q`: the id or the content contains it. `filter`: as of a query, as JSON.
         *
         *     `total=true` counts, which takes its time.
         *
         *     A document that changes is the newest again, so a walk from page to page that has begun never sees it. In
         *     `order=id`, by source and id, nothing moves: whatever is there from beginning to end comes once.
         */
        get: operations["listDocuments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/documents/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        /**
         * Delete
         * @description The source is the key's. For an unbound key the id must be one source's only: 409 otherwise.
         *
         *     Older clients do not encode the id: what follows a `?` in it arrives as the query string.
         */
        delete: operations["deleteDocument"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/documents/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete many documents
         * @description Of one source, those of the `ids` that the `filter` holds for, to the trash: at most 1,000, all or none.
         *
         *     What is not there is no error.
         */
        post: operations["deleteMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/documents/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Many documents by id
         * @description At most 1,000, in the order asked for; what is not there is left out. Where several sources use an id, each.
         *
         *     With `include_vectors` 422 where they hold more than 2,000,000 numbers in all.
         */
        post: operations["getMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The keys of the metadata
         * @description Of the documents that the list would show, with the types of their values; the first 1,000 names.
         *
         *     Counted anew each time, over each of these documents.
         */
        get: operations["listMetadataKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/metadata/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The values of a metadata key
         * @description `key` as in a filter: `metadata.author.name`, or `["metadata", "a.b"]` as JSON. Each value of a list by itself,
         *     objects not at all. Numbers come first, by size, then booleans, then texts. `q`: the value has it in it, whatever
         *     its case.
         *
         *     Counted anew each time, over each of these documents. What is written otherwise, as 1 and 1.0, is told apart.
         */
        get: operations["listMetadataValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The documents that matter
         * @description At most `top_k` documents, best first, by meaning, by words or by both, and under the tag expression.
         */
        post: operations["query"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Sources */
        get: operations["getSources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/sources/{source}/documents/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Of Source */
        get: operations["getOfSource"];
        put?: never;
        post?: never;
        /** Delete Of Source */
        delete: operations["deleteOfSource"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Stats */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Tags */
        get: operations["getTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/upsert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Store one document */
        post: operations["upsert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AnswerOut
         * @description `fallback` is there only where no embedder answered a hybrid query, or none could read its text; `pending` only
         *     where the query searched by meaning, and could not find everything so yet: ask again later. `reranked` is there only
         *     where that was wanted, and `rerank_fallback` where it is false.
         */
        AnswerOut: {
            /** Documents */
            documents: components["schemas"]["DocumentOut"][];
            explanation?: components["schemas"]["ExplanationOut"] | null;
            fallback?: components["schemas"]["FallbackOut"] | null;
            pending?: components["schemas"]["PendingOut"] | null;
            rerank_fallback?: components["schemas"]["RerankFallbackOut"] | null;
            /** Reranked */
            reranked?: boolean | null;
        };
        /**
         * Batch
         * @example {
         *       "documents": [
         *         {
         *           "content": "Flights are booked by the office.",
         *           "id": "travel",
         *           "metadata": {
         *             "year": 2026
         *           },
         *           "source": "handbook",
         *           "tags": [
         *             "hr"
         *           ],
         *           "updated_at": "2026-11-02T08:00:00Z"
         *         }
         *       ]
         *     }
         */
        Batch: {
            /** Documents */
            documents: components["schemas"]["DocumentIn"][];
        };
        /**
         * BranchOut
         * @description One alternative of the tag expression; `more`: than the 10,000 `documents` that are counted.
         */
        BranchOut: {
            /** Documents */
            documents: number;
            /** More */
            more: boolean;
            /** Tags */
            tags: string[];
        };
        /**
         * CachesOut
         * @description Whether the text's vector was remembered, and whether the whole answer was; explained queries search anyway.
         */
        CachesOut: {
            /** Answer */
            answer: boolean;
            /** Vector */
            vector: boolean;
        };
        /**
         * CountsOut
         * @description `upserted` = created + updated + renewed + unchanged + stale; `pending` of them still wait for their vectors.
         *
         *     `stale`: passed over, as what is stored has a later `updated_at`.
         *     `dropped_flags`: tags `flag:…` that were sent and left out, since only the scanner gives them.
         */
        CountsOut: {
            /** Created */
            created: number;
            /** Deleted */
            deleted: number;
            /** Dropped Flags */
            dropped_flags: number;
            /** Pending */
            pending: number;
            /** Renewed */
            renewed: number;
            /** Stale */
            stale: number;
            /** Unchanged */
            unchanged: number;
            /** Updated */
            updated: number;
            /** Upserted */
            upserted: number;
        };
        /**
         * DeletedOut
         * @description `more`: than the 1,000 that one call moves to the trash are meant; ask again.
         */
        DeletedOut: {
            /** Deleted */
            deleted: number;
            /** More */
            more: boolean;
        };
        /**
         * DeletionIn
         * @description `ids`, a `filter`, or both, which narrow each other. `source` may be left out by a key of one source.
         * @example {
         *       "filter": {
         *         "key": "metadata.year",
         *         "op": "lt",
         *         "value": 2020
         *       },
         *       "source": "handbook"
         *     }
         */
        DeletionIn: {
            /** Filter */
            filter?: {
                [key: string]: unknown;
            } | null;
            /** Ids */
            ids?: string[] | null;
            /**
             * Source
             * @default
             */
            source?: string;
        };
        /**
         * DocumentIn
         * @description One document as a provider pushes it. An empty `source` is the key's own.
         *
         *     `language` says by whose word endings it is found by words, such as `german`; empty: by those of its source, or of
         *     SEARCH_LANGUAGE.
         *
         *     `vectors` take the place of those that the embedding model would make of the content, each of a passage of it: what
         *     no passage holds is found by words only. They have as many dimensions as the model; their length does not count.
         *     `embedding_model` names the model that they are of, and is refused where that is not the active one.
         * @example {
         *       "content": "Flights are booked by the office.",
         *       "id": "travel",
         *       "metadata": {
         *         "year": 2026
         *       },
         *       "source": "handbook",
         *       "tags": [
         *         "hr"
         *       ],
         *       "updated_at": "2026-11-02T08:00:00Z"
         *     }
         */
        DocumentIn: {
            /** Content */
            content: string;
            /**
             * Embedding Model
             * @default
             */
            embedding_model?: string;
            /** Expires At */
            expires_at?: string | null;
            /** Id */
            id: string;
            /**
             * Language
             * @description Empty, or one that the database knows, such as german.
             * @default
             */
            language?: string;
            /**
             * Metadata
             * @description At most 65,536 bytes as JSON, nested at most 16 levels deep, without NUL.
             */
            metadata?: {
                [key: string]: unknown;
            };
            /**
             * Source
             * @default
             */
            source?: string;
            /** Tags */
            tags?: string[];
            /** Updated At */
            updated_at?: string | null;
            /** Vectors */
            vectors?: components["schemas"]["VectorIn"][];
        };
        /**
         * DocumentOut
         * @description One document as analyzers see it. Only in the answer to a query: `score` in [0, 1], `passage`, and `highlights`,
         *     the spans `content[start:end]` within that passage that hold a word of the question, whatever its ending.
         *
         *     `language` is what it was pushed with, null where it named none. `rerank_score` is whatever number the reranker gave
         *     it, and only there where it did.
         */
        DocumentOut: {
            /** Content */
            content: string;
            /** Expires At */
            expires_at: string | null;
            /** Highlights */
            highlights?: [
                number,
                number
            ][] | null;
            /** Id */
            id: string;
            /** Language */
            language?: string | null;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            passage?: components["schemas"]["PassageOut"] | null;
            /** Rerank Score */
            rerank_score?: number | null;
            /** Score */
            score?: number | null;
            /** Source */
            source: string;
            /** Tags */
            tags: string[];
            /** Updated At */
            updated_at: string | null;
        };
        /**
         * DocumentsOut
         * @description `embedding_model` is the one of the vectors, null where none are asked for.
         */
        DocumentsOut: {
            /** Documents */
            documents: components["schemas"]["WholeDocumentOut"][];
            /** Embedding Model */
            embedding_model?: string | null;
        };
        /**
         * ExplanationOut
         * @description How the answer came about. `plan`: exact, index, or words where no vector was looked at; times in milliseconds.
         *
         *     `tags` is the expression in its shortest form, `branches` its alternatives; `filter` is there for a query that has
         *     one. `near_misses`, at most five, would have been among the documents but for `min_score`; a key that is bound to a
         *     stage is told none.
         *
         *     `counted_in` says whose passages tell how rare the `terms` are: `scope`, those that this query may find, each of
         *     them counted; `store`, about those of the whole store, which only admins are told; null where no words ranked.
         */
        ExplanationOut: {
            /** Branches */
            branches: components["schemas"]["BranchOut"][];
            caches: components["schemas"]["CachesOut"];
            /** Counted In */
            counted_in: ("scope" | "store") | null;
            /** Embed Ms */
            embed_ms: number;
            filter: components["schemas"]["FilterOut"] | null;
            limits: components["schemas"]["LimitsOut"] | null;
            /** Mode */
            mode: string;
            /** Model */
            model: string;
            /** Near Misses */
            near_misses: components["schemas"]["NearMissOut"][];
            /** Plan */
            plan: string;
            reranker?: components["schemas"]["RerankerOut"] | null;
            /** Search Ms */
            search_ms: number;
            /** Tags */
            tags: string | null;
            /** Terms */
            terms: components["schemas"]["TermOut"][];
        };
        /**
         * Facet
         * @description One key: `total` of its values, and the least and the greatest of its numbers, or else of its texts.
         */
        Facet: {
            /** Greatest */
            greatest: string | number | null;
            /** Least */
            least: string | number | null;
            /** Total */
            total: number;
            /** Values */
            values: components["schemas"]["FacetValue"][];
        };
        /**
         * FacetKey
         * @description A name of the metadata's own objects; `types` are those of its values.
         */
        FacetKey: {
            /** Documents */
            documents: number;
            /** Key */
            key: string;
            /** Types */
            types: string[];
        };
        /** FacetValue */
        FacetValue: {
            /** Documents */
            documents: number;
            /** Value */
            value: string | number | boolean;
        };
        /**
         * FallbackOut
         * @description Why a hybrid query was answered by its words alone: with this a semantic one would have been refused.
         */
        FallbackOut: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Mode
             * @constant
             */
            mode: "keyword";
        };
        /**
         * FilterOut
         * @description How many documents the query may find; `more`: than the 10,000 that are counted.
         *
         *     `found_by`: `index`, or `scan` where every document is asked that all else leaves. `undeclared` are keys of ranges
         *     that an index would serve if an admin declared them.
         */
        FilterOut: {
            /** Documents */
            documents: number;
            /**
             * Found By
             * @enum {string}
             */
            found_by: "index" | "scan";
            /** More */
            more: boolean;
            /** Undeclared */
            undeclared: string[];
        };
        /**
         * IdsIn
         * @description `source`: of one source only. `include_vectors`: with the vectors of their passages.
         * @example {
         *       "ids": [
         *         "travel",
         *         "leave"
         *       ],
         *       "source": "handbook"
         *     }
         */
        IdsIn: {
            /** Ids */
            ids: string[];
            /**
             * Include Vectors
             * @default false
             */
            include_vectors?: boolean;
            /**
             * Source
             * @default
             */
            source?: string;
        };
        /**
         * LimitsOut
         * @description What the key's stage made of the question.
         */
        LimitsOut: {
            /** Min Score */
            min_score: number;
            /** Stage */
            stage: string;
            /** Top K */
            top_k: number;
        };
        /**
         * MetadataKeysOut
         * @description `more`: names than the first 1,000.
         */
        MetadataKeysOut: {
            /** Keys */
            keys: components["schemas"]["FacetKey"][];
            /** More */
            more: boolean;
        };
        /** NearMissOut */
        NearMissOut: {
            /** Id */
            id: string;
            /** Score */
            score: number;
            /** Source */
            source: string;
        };
        /**
         * PageOut
         * @description `next` is the cursor of the following page, null on the last; `total` only where it was asked for.
         */
        PageOut: {
            /** Documents */
            documents: components["schemas"]["DocumentOut"][];
            /** Next */
            next: string | null;
            /** Total */
            total?: number | null;
        };
        /**
         * PassageOut
         * @description The span of the content that matched best: `content[start:end]`, the `ordinal`-th of `count`, from 0.
         */
        PassageOut: {
            /** Count */
            count: number;
            /** End */
            end: number;
            /** Ordinal */
            ordinal: number;
            /** Start */
            start: number;
        };
        /**
         * PendingOut
         * @description How many passages that the query may find have no vector yet; `more`: these at least, as 1,000 are looked at.
         */
        PendingOut: {
            /** More */
            more: boolean;
            /** Passages */
            passages: number;
        };
        /**
         * Problem
         * @description `code` is for programs and never renamed, `detail` for people. Some errors tell more beside them.
         */
        Problem: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
        };
        /**
         * QueryIn
         * @description A question. Exactly min(`top_k`, matching documents) come back, less those that score below `min_score`.
         *
         *     `mode` says what matches and what a score is; each is in [0, 1], and only scores of one mode compare:
         *     - `semantic`: every document with a vector matches; the cosine similarity of its best passage, at least 0.
         *     - `keyword`: a document matches that holds a word of the text, whatever its ending; BM25 of its best passage as a
         *       share of what endless repetition of all words would score. 0.3 and more is a good match. What has an identifier of
         *       the text, such as `10.0.0.12`, as it is written comes first.
         *     - `hybrid`: what matches in either; reciprocal rank fusion, 1 for the first place in both rankings, 0.5 for the
         *       first place in one, less where others have an identifier of the text. It says how far in front a document is, not
         *       how near.
         *
         *     In the last two `"words in quotes"` have to stand side by side.
         *
         *     Documents with any of `exclude_tags` do not match; with `exclude_flags` nor do those with any tag `flag:…`.
         *
         *     `filter` compares metadata and own fields: `{"key": "metadata.year", "op": "gte", "value": 2020}`, joined by `and`,
         *     `or` and `not`; docs/reference/filters.md says what each operator means.
         *
         *     `vector`: the question's own, of as many dimensions as the embedding model has; then `semantic` needs no text.
         *     Without one the text is not blank.
         *     `embedding_model` names the model that it is of, and is refused where that is not the active one.
         *
         *     `language`: the question's words count as of this language alone, such as `german`; empty: as of each that is in use
         *     where it is asked.
         *
         *     `strategy: diverse` trades likeness against novelty, so that its scores do not fall from hit to hit.
         *
         *     `rerank`: the first hits in the order of the reranker, each with its `rerank_score`; without one, as the key's stage
         *     says. `score` and `min_score` mean what they do without it.
         * @example {
         *       "mode": "hybrid",
         *       "tags": "hr|staff",
         *       "text": "Who books flights?",
         *       "top_k": 5
         *     }
         */
        QueryIn: {
            /**
             * Embedding Model
             * @default
             */
            embedding_model?: string;
            /**
             * Exclude Flags
             * @default false
             */
            exclude_flags?: boolean;
            /** Exclude Tags */
            exclude_tags?: string[];
            /**
             * Explain
             * @default false
             */
            explain?: boolean;
            /** Filter */
            filter?: {
                [key: string]: unknown;
            } | null;
            /**
             * Language
             * @description Empty, or one that the database knows, such as german.
             * @default
             */
            language?: string;
            /**
             * Min Score
             * @default 0
             */
            min_score?: number;
            /**
             * Mode
             * @default semantic
             * @enum {string}
             */
            mode?: "semantic" | "keyword" | "hybrid";
            /** Rerank */
            rerank?: boolean | components["schemas"]["RerankIn"] | null;
            /** Source */
            source?: string | null;
            /**
             * Strategy
             * @default similarity
             * @enum {string}
             */
            strategy?: "similarity" | "diverse";
            /** Tags */
            tags?: string | null;
            /**
             * Text
             * @default
             */
            text?: string;
            /**
             * Top K
             * @default 10
             */
            top_k?: number;
            /** Vector */
            vector?: number[] | null;
        };
        /**
         * RerankerOut
         * @description Which model scored how many hits; `cached`: the same texts for the same question a moment ago.
         */
        RerankerOut: {
            /** Cached */
            cached: boolean;
            /** Candidates */
            candidates: number;
            /** Model */
            model: string;
            /** Rerank Ms */
            rerank_ms: number;
        };
        /**
         * RerankFallbackOut
         * @description Why the documents stand as they were found.
         */
        RerankFallbackOut: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
        };
        /**
         * RerankIn
         * @description `candidates`: how many hits the reranker is shown, at most `RERANK_CANDIDATES`; null: so many.
         */
        RerankIn: {
            /** Candidates */
            candidates?: number | null;
        };
        /** SourcesOut */
        SourcesOut: {
            /** Sources */
            sources: components["schemas"]["SourceStats"][];
        };
        /** SourceStats */
        SourceStats: {
            /** Bytes */
            bytes: number;
            /** Documents */
            documents: number;
            /** Last Stored At */
            last_stored_at: string | null;
            /** Next Expiry At */
            next_expiry_at: string | null;
            /** Source */
            source: string;
        };
        /**
         * Stats
         * @description `bytes` counts content in characters. `passages` are those of the active model, the trash's included; of them
         *     `pending` have no vector, and `quarantined` none because the backend refused their text. `recall`: which share of
         *     the documents that exact search names the index named, too, over the last `recall_questions` that were asked both
         *     ways; null before any was.
         */
        Stats: {
            /** Bytes */
            bytes: number;
            /** Documents */
            documents: number;
            /** Embedding Model */
            embedding_model: string | null;
            /** Expiring 24H */
            expiring_24h: number;
            /** Last Stored At */
            last_stored_at: string | null;
            /** Passages */
            passages: number;
            /** Pending */
            pending: number;
            /** Quarantined */
            quarantined: number;
            /** Recall */
            recall: number | null;
            /** Recall Questions */
            recall_questions: number;
            /** Sources */
            sources: number;
            /** Trash */
            trash: number;
        };
        /** TagCount */
        TagCount: {
            /** Documents */
            documents: number;
            /** Tag */
            tag: string;
        };
        /** TagsOut */
        TagsOut: {
            /** Tags */
            tags: components["schemas"]["TagCount"][];
        };
        /**
         * TermOut
         * @description A word of the text by its stem, how many passages hold it, and the weight that this gives it.
         *
         *     Both are null where they would count what the key may not read or list, and for words beyond the 64 that are scored.
         */
        TermOut: {
            /** Passages */
            passages?: number | null;
            /** Stem */
            stem: string;
            /** Weight */
            weight?: number | null;
        };
        /**
         * VectorIn
         * @description A vector of the provider's own, of `content[start:end]`; without an `end` up to the content's.
         */
        VectorIn: {
            /** End */
            end?: number | null;
            /**
             * Start
             * @default 0
             */
            start?: number;
            /** Vector */
            vector: number[];
        };
        /**
         * VectorOut
         * @description Of `content[start:end]`, as it is stored: of length 1, in half precision.
         */
        VectorOut: {
            /** End */
            end: number;
            /** Start */
            start: number;
            /** Vector */
            vector: number[];
        };
        /**
         * WholeDocumentOut
         * @description `vectors` of the active model, where they are asked for; passages that still wait for theirs are left out.
         */
        WholeDocumentOut: {
            /** Content */
            content: string;
            /** Expires At */
            expires_at: string | null;
            /** Highlights */
            highlights?: [
                number,
                number
            ][] | null;
            /** Id */
            id: string;
            /** Language */
            language?: string | null;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            passage?: components["schemas"]["PassageOut"] | null;
            /** Rerank Score */
            rerank_score?: number | null;
            /** Score */
            score?: number | null;
            /** Source */
            source: string;
            /** Tags */
            tags: string[];
            /** Updated At */
            updated_at: string | null;
            /** Vectors */
            vectors?: components["schemas"]["VectorOut"][] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    bulkUpsert: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountsOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDocuments: {
        parameters: {
            query?: {
                cursor?: string;
                filter?: string;
                limit?: number;
                order?: "stored" | "id";
                q?: string;
                source?: string;
                tags?: string;
                total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeletionIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdsIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentsOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMetadataKeys: {
        parameters: {
            query?: {
                filter?: string;
                source?: string;
                tags?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MetadataKeysOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMetadataValues: {
        parameters: {
            query: {
                filter?: string;
                key: string;
                limit?: number;
                offset?: number;
                q?: string;
                source?: string;
                tags?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facet"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueryIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnswerOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourcesOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOfSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DocumentOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteOfSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagsOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upsert: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DocumentIn"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountsOut"];
                };
            };
            /** @description Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
