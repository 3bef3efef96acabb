// One call to Larder, insisted on while it is unavailable.
import { LarderError } from "./errors.js";

export const API = "/api/v1/knowledge";

/**
 * How long to insist: at most `attempts` calls, with pauses that double from `firstPauseMs`, give or take half. A
 * server's Retry-After goes first. Beyond `longestPauseMs` nothing is waited for: the error says when to come back.
 */
export interface Retry {
  attempts: number;
  firstPauseMs: number;
  longestPauseMs: number;
}

export interface CallOptions {
  /** Ends the call, and its pauses; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface Call extends CallOptions {
  method: "GET" | "POST" | "DELETE";
  /** Below the API, percent-encoded. */
  path: string;
  params?: URLSearchParams;
  body?: string;
  /** Seconds that a push may wait for embedding. */
  waitS?: number;
}

export interface Connection {
  url: string;
  headers: Record<string, string>;
  /** Of one attempt. */
  timeoutMs: number;
  retry: Retry;
  fetch: typeof fetch;
}

const RETRIED: ReadonlySet<number> = new Set([429, 502, 503]);

/** The JSON object that answers a call; undefined where the answer has no body. */
export async function exchange<T>(connection: Connection, call: Call): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attempted<T>(connection, call);
    if ("answer" in outcome) return outcome.answer;
    const pauseMs = outcome.passing ? pauseAfter(attempt, connection.retry, outcome.error.retryAfterS) : null;
    if (pauseMs === null) throw outcome.error;
    await pause(pauseMs, call.signal);
  }
}

type Outcome<T> = { answer: T } | { error: LarderError; passing: boolean };

async function attempted<T>(connection: Connection, call: Call): Promise<Outcome<T>> {
  let response: Response;
  let text: string;
  const timeout = AbortSignal.timeout(connection.timeoutMs + (call.waitS ?? 0) * 1000);
  try {
    response = await connection.fetch(address(connection, call), request(connection, call, timeout));
    text = await response.text();
  } catch (cause) {
    call.signal?.throwIfAborted();
    return unreachable(call, cause, timeout.aborted);
  }
  const answer = read(text);
  if (response.ok) {
    if (response.status === 204 || answer) return { answer: answer as T };
    const message = `${told(call)} was answered with something else than JSON.`;
    return { error: new LarderError(message, { status: response.status }), passing: false };
  }
  return { error: errorOf(call, response, answer ?? {}), passing: RETRIED.has(response.status) };
}

function address(connection: Connection, call: Call): string {
  const query = call.params?.size ? `?${call.params}` : "";
  return `${connection.url}${API}${call.path}${query}`;
}

function request(connection: Connection, call: Call, timeout: AbortSignal): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json", ...connection.headers };
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  if (call.waitS !== undefined) headers.Prefer = `wait=${call.waitS}`;
  const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
  // Larder redirects nobody: who does is another server, which is not to see the key.
  return { method: call.method, headers, signal, redirect: "manual", ...(call.body === undefined ? {} : { body: call.body }) };
}

/** An answer that took too long is not asked for again: what made it late is still at work. */
function unreachable(call: Call, cause: unknown, late: boolean): { error: LarderError; passing: boolean } {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const told_ = reason instanceof Error ? reason.message : String(reason);
  const message = `Larder ${late ? "took too long" : "could not be reached"}: ${told(call)} (${told_})`;
  return { error: new LarderError(message, { code: "unreachable", cause }), passing: !late };
}

function errorOf(call: Call, response: Response, answer: Record<string, unknown>): LarderError {
  const { code, detail, ...extra } = answer;
  const status = response.type === "opaqueredirect" ? null : response.status;
  const message = typeof detail === "string" && detail ? detail : `${told(call)} was answered HTTP ${response.status}.`;
  return new LarderError(message, {
    status,
    code: typeof code === "string" ? code : "",
    extra,
    retryAfterS: retryAfterS(response.headers.get("Retry-After")),
  });
}

/** In seconds from now, given in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterS(value: string | null, now: number = Date.now()): number | null {
  const told = value?.trim() ?? "";
  if (/^\d+$/.test(told)) return Number(told);
  const moment = Date.parse(told);
  return Number.isNaN(moment) ? null : Math.max(0, (moment - now) / 1000);
}

/** Milliseconds to wait after the `attempt`th call, from 1; null to give up. */
export function pauseAfter(attempt: number, retry: Retry, retryAfterS: number | null): number | null {
  if (attempt >= retry.attempts) return null;
  const drawn = retry.firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random());
  const pauseMs = retryAfterS === null ? drawn : retryAfterS * 1000;
  return pauseMs <= retry.longestPauseMs ? pauseMs : null;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

function told(call: Call): string {
  return `${call.method} ${API}${call.path}`;
}

function read(text: string): Record<string, unknown> | null {
  try {
    const answer: unknown = JSON.parse(text);
    return answer !== null && typeof answer === "object" && !Array.isArray(answer) ? { ...answer } : null;
  } catch {
    return null;
  }
}
