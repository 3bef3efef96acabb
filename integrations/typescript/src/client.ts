import { batches } from "./batches.js";
import { LarderError } from "./errors.js";
import { API, exchange, type Call, type CallOptions, type Connection, type Retry } from "./exchange.js";
import type * as Types from "./types.js";

const TIMEOUT_MS = 15_000;
const RETRY: Retry = { attempts: 4, firstPauseMs: 500, longestPauseMs: 15_000 };
/** Ids that one call may name. */
const MAX_IDS = 1000;
const PAGE = 100;

export interface ClientOptions {
  /** Larder's address, or that of a server which passes calls on; in a browser `location.origin`. */
  url: string;
  /** An access key. In a browser it is public: leave it to the server that passes calls on. */
  key?: string | undefined;
  /** Stands in where a document or a call names none; a key that is bound to a source needs none. */
  source?: string | undefined;
  /** Of one attempt, 15,000. */
  timeoutMs?: number;
  /** 4 attempts, pauses from half a second to fifteen. */
  retry?: Partial<Retry>;
  /** Sent with every call, such as `X-Correlation-ID`. */
  headers?: Record<string, string>;
  /** In the place of the platform's own. */
  fetch?: typeof fetch;
}

export interface PushOptions extends CallOptions {
  /** Seconds to wait for embedding, for each push; 0 stores now and embeds later (`pending`). The server's own is 5. */
  waitS?: number;
}

export interface ListOptions extends CallOptions {
  pageSize?: number;
}

export interface IdOptions extends CallOptions {
  source?: string | undefined;
}

export interface ManyOptions extends IdOptions {
  /** With the vectors that they are found by, of length 1 and as precise as halves are. */
  includeVectors?: boolean;
}

/**
 * Larder's knowledge API. Every call that does not succeed throws a `LarderError`, after several attempts where asking
 * again may help; one that is aborted, its signal's reason.
 */
export class LarderClient {
  readonly source: string;
  readonly #connection: Connection;

  constructor(options: ClientOptions) {
    const key = (options.key ?? "").trim();
    if (!/^[\x20-\x7e]*$/.test(key)) {
      throw new TypeError("The access key holds characters that no header can carry; copy it anew.");
    }
    this.source = options.source ?? "";
    this.#connection = {
      url: options.url.replace(/\/+$/, "").replace(new RegExp(`${API}$`), ""),
      headers: { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) },
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      retry: { ...RETRY, ...options.retry },
      fetch: options.fetch ?? ((...asked) => fetch(...asked)),
    };
  }

  /** Store one document, in the place of the one with its id. */
  upsert(document: Types.NewDocument, options: PushOptions = {}): Promise<Types.Counts> {
    const body = JSON.stringify({ ...document, source: document.source || this.source });
    return this.#ask({ method: "POST", path: "/upsert", body, ...options });
  }

  /**
   * Store any number of documents, in pushes of at most 1000 documents and 30 MiB; the counts are their sum.
   *
   * Each push is stored whole or not at all. Where one is refused, those before it are stored; `errors` names the
   * refused documents by their places in all that was passed.
   */
  async bulkUpsert(
    documents: Iterable<Types.NewDocument> | AsyncIterable<Types.NewDocument>,
    options: PushOptions = {},
  ): Promise<Types.Counts> {
    const total: Types.Counts = { ...NOTHING };
    for await (const { first, body } of batches(documents, this.source)) {
      try {
        add(total, await this.#ask({ method: "POST", path: "/bulk-upsert", body, ...options }));
      } catch (error) {
        if (error instanceof LarderError) for (const each of error.errors) each.index += first;
        throw error;
      }
    }
    return total;
  }

  /** The documents that matter, best first: by meaning, or as `mode` says. */
  query(question: string | Types.Question, options: CallOptions = {}): Promise<Types.Answer> {
    const asked: Types.Question = typeof question === "string" ? { text: question } : question;
    const body = JSON.stringify({ ...asked, source: asked.source ?? this.source });
    return this.#ask({ method: "POST", path: "/query", body, ...options });
  }

  /** One document. Throws `not_found`, or `ambiguous` where several sources use the id. */
  get(id: string, options: IdOptions = {}): Promise<Types.LarderDocument> {
    return this.#ask({ method: "GET", path: this.#documentPath(id, options), ...signalOf(options) });
  }

  /** Those of the documents that are there, in the order of their ids; where several sources use one, each of theirs. */
  async getMany(ids: readonly string[], options: ManyOptions = {}): Promise<Types.LarderDocument[]> {
    const found: Types.LarderDocument[] = [];
    for (const part of parts(ids)) {
      const asked = { ids: part, source: options.source ?? this.source, include_vectors: options.includeVectors ?? false };
      const body = JSON.stringify(asked);
      const call: Call = { method: "POST", path: "/documents/get", body, ...signalOf(options) };
      found.push(...(await this.#ask<{ documents: Types.LarderDocument[] }>(call)).documents);
    }
    return found;
  }

  /** All documents that the selection leaves, page after page as they are read. In the order `id` nothing moves. */
  async *list(selection: Types.Selection = {}, options: ListOptions = {}): AsyncGenerator<Types.LarderDocument> {
    const params = parameters({ source: this.source, ...selection, limit: options.pageSize ?? PAGE });
    for (let next: string | null | undefined = ""; next !== null; ) {
      if (next) params.set("cursor", next);
      const page: Page = await this.#ask({ method: "GET", path: "/documents", params, ...signalOf(options) });
      yield* page.documents;
      next = page.next ?? null;
    }
  }

  /** How many documents `list` would give. */
  async count(selection: Types.Selection = {}, options: CallOptions = {}): Promise<number> {
    const params = parameters({ source: this.source, ...selection, limit: 1, total: true });
    const page: Page = await this.#ask({ method: "GET", path: "/documents", params, ...options });
    return page.total ?? 0;
  }

  /** Delete one document, to the trash. Throws `not_found`, or `ambiguous`. */
  async delete(id: string, options: IdOptions = {}): Promise<void> {
    await this.#ask({ method: "DELETE", path: this.#documentPath(id, options), ...signalOf(options) });
  }

  /** Delete the documents that are named, to the trash; how many were there. */
  async deleteMany(deletion: Types.Deletion, options: CallOptions = {}): Promise<number> {
    let deleted = 0;
    for (const ids of deletion.ids ? parts(deletion.ids) : [undefined]) {
      const body = JSON.stringify({ ...deletion, source: deletion.source ?? this.source, ids });
      for (let more = true; more; ) {
        const call: Call = { method: "POST", path: "/documents/delete", body, ...options };
        const told = await this.#ask<{ deleted: number; more: boolean }>(call);
        deleted += told.deleted;
        more = told.more;
      }
    }
    return deleted;
  }

  /** The names in the documents' metadata, with the types of their values. */
  async metadataKeys(selection: Types.MetadataSelection = {}, options: CallOptions = {}): Promise<Types.MetadataKey[]> {
    const params = parameters({ source: this.source, ...selection });
    return (await this.#ask<{ keys: Types.MetadataKey[] }>({ method: "GET", path: "/metadata", params, ...options })).keys;
  }

  /** The values of one key, each with its number of documents, how many there are, the least and the greatest. */
  metadataValues(
    key: `metadata.${string}`,
    selection: Types.ValueSelection = {},
    options: CallOptions = {},
  ): Promise<Types.MetadataValues> {
    const params = parameters({ source: this.source, ...selection, key });
    return this.#ask({ method: "GET", path: "/metadata/values", params, ...options });
  }

  /** Totals of what the key may see. */
  stats(options: CallOptions = {}): Promise<Types.Stats> {
    return this.#ask({ method: "GET", path: "/stats", ...options });
  }

  /** Each source with its documents, bytes, last push and next expiry. */
  async sources(options: CallOptions = {}): Promise<Types.SourceStats[]> {
    return (await this.#ask<{ sources: Types.SourceStats[] }>({ method: "GET", path: "/sources", ...options })).sources;
  }

  /** Each tag with the number of its documents. */
  async tags(options: CallOptions = {}): Promise<Types.TagCount[]> {
    return (await this.#ask<{ tags: Types.TagCount[] }>({ method: "GET", path: "/tags", ...options })).tags;
  }

  #ask<T>(call: Call): Promise<T> {
    return exchange<T>(this.#connection, call);
  }

  #documentPath(id: string, options: IdOptions): string {
    if (/^\.{0,2}$/.test(id)) {
      throw new TypeError(`The id ${JSON.stringify(id)} cannot stand in an address; name it to getMany or deleteMany.`);
    }
    const source = options.source ?? this.source;
    const of = source ? `/sources/${encodeURIComponent(source)}` : "";
    return `${of}/documents/${encodeURIComponent(id)}`;
  }
}

interface Page {
  documents: Types.LarderDocument[];
  next?: string | null;
  total?: number | null;
}

const NOTHING: Types.Counts = {
  upserted: 0,
  created: 0,
  updated: 0,
  renewed: 0,
  unchanged: 0,
  stale: 0,
  pending: 0,
  deleted: 0,
  dropped_flags: 0,
};

function add(total: Types.Counts, told: Types.Counts): void {
  for (const name of Object.keys(NOTHING) as (keyof Types.Counts)[]) total[name] += told[name] ?? 0;
}

function* parts(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += MAX_IDS) yield ids.slice(at, at + MAX_IDS);
}

function parameters(asked: Record<string, unknown>): URLSearchParams {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return new URLSearchParams(
    given.map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]),
  );
}

function signalOf({ signal }: CallOptions): CallOptions {
  return { signal };
}
