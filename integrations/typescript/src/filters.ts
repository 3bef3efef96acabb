// Filters, and words to build them: `all(gte("metadata.year", 2020), not(contains("tags", "draft")))`.

export type OwnField = "id" | "source" | "content" | "language" | "tags" | "created_at" | "updated_at" | "expires_at";
/** `metadata.author.name`; where a name has a dot in it, the names as a list. */
export type Key = OwnField | `metadata.${string}` | readonly ["metadata", ...string[]];
export type Value = string | number | boolean | null;

export type Comparison =
  | { key: Key; op: "eq" | "ne"; value: Value }
  | { key: Key; op: "in" | "nin"; value: readonly Value[] }
  | { key: Key; op: "gt" | "gte" | "lt" | "lte"; value: string | number }
  | { key: Key; op: "contains"; value: Value | readonly Value[] }
  | { key: Key; op: "text_match"; value: string }
  | { key: Key; op: "is_empty" };

/** What metadata and a document's own fields have to say; docs/reference/filters.md tells what each operator means. */
export type Filter = Comparison | { and: readonly Filter[] } | { or: readonly Filter[] } | { not: Filter };

export const eq = (key: Key, value: Value): Filter => ({ key, op: "eq", value });
/** Holds, too, where the key is missing. */
export const ne = (key: Key, value: Value): Filter => ({ key, op: "ne", value });
export const oneOf = (key: Key, value: readonly Value[]): Filter => ({ key, op: "in", value });
/** Holds, too, where the key is missing. */
export const noneOf = (key: Key, value: readonly Value[]): Filter => ({ key, op: "nin", value });
export const gt = (key: Key, value: string | number): Filter => ({ key, op: "gt", value });
export const gte = (key: Key, value: string | number): Filter => ({ key, op: "gte", value });
export const lt = (key: Key, value: string | number): Filter => ({ key, op: "lt", value });
export const lte = (key: Key, value: string | number): Filter => ({ key, op: "lte", value });
/** Of a list: has all of the values. */
export const contains = (key: Key, value: Value | readonly Value[]): Filter => ({ key, op: "contains", value });
export const textMatch = (key: Key, value: string): Filter => ({ key, op: "text_match", value });
export const isEmpty = (key: Key): Filter => ({ key, op: "is_empty" });
/** At least one filter. */
export const all = (...and: [Filter, ...Filter[]]): Filter => ({ and });
/** At least one filter. */
export const any = (...or: [Filter, ...Filter[]]): Filter => ({ or });
export const not = (filter: Filter): Filter => ({ not: filter });
