/** A refused item of a push: its place in everything that was passed, from 0, and what is wrong with it. */
export interface ItemError {
  index: number;
  id: string;
  field: string;
  reason: string;
}

export interface ErrorOptions {
  status?: number | null;
  code?: string;
  extra?: Record<string, unknown>;
  retryAfterS?: number | null;
  cause?: unknown;
}

/** The statuses that say nothing about the request, only about the moment. */
const UNAVAILABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * A call that did not succeed. `message` is one sentence for a person, `code` the stable name for programs, `status`
 * the HTTP status (null where nothing was answered), `extra` what else the answer says.
 */
export class LarderError extends Error {
  override readonly name = "LarderError";
  readonly status: number | null;
  readonly code: string;
  readonly extra: Record<string, unknown>;
  /** When to come back, in seconds; null where that is unknown. */
  readonly retryAfterS: number | null;

  constructor(message: string, { status = null, code = "", extra = {}, retryAfterS = null, cause }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.extra = extra;
    this.retryAfterS = retryAfterS;
  }

  /** Asking again may succeed: nothing answered, or it said so. */
  get unavailable(): boolean {
    return this.status === null ? this.code === "unreachable" : UNAVAILABLE.has(this.status);
  }

  /** Understood and declined: asking again changes nothing. */
  get refused(): boolean {
    return this.status !== null && this.status >= 400 && this.status < 500 && !this.unavailable;
  }

  /** Each refused item of a push. */
  get errors(): readonly ItemError[] {
    return Array.isArray(this.extra.errors) ? this.extra.errors : [];
  }
}
