export { LarderClient, type ClientOptions, type IdOptions, type ListOptions, type ManyOptions, type PushOptions } from "./client.js";
export { LarderError, type ItemError } from "./errors.js";
export type { CallOptions, Retry } from "./exchange.js";
export * as filter from "./filters.js";
export type { Comparison, Filter, Key, OwnField, Value } from "./filters.js";
export type * from "./types.js";
