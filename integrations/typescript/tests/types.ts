// Compiled, never run: what the types take, and what they refuse.
import { filter, LarderClient, LarderError, type Filter, type LarderDocument } from "../src/index.js";

const client = new LarderClient({ url: "http://127.0.0.1:8000" });
const wanted: Filter = { and: [filter.gte("metadata.year", 2020), { key: ["metadata", "a.b"], op: "in", value: [1, null] }] };
await client.query({ text: "soup", mode: "hybrid", top_k: 5, strategy: "diverse", filter: wanted });
await client.upsert({ id: "a", content: "x", metadata: { any: { thing: 1 } }, expires_at: "2030-01-01T00:00:00Z" });
const found: LarderDocument[] = (await client.query("soup")).documents;
const score: number | null | undefined = found[0]?.score;
new LarderError(`${score}`).errors[0]?.reason.trim();

// @ts-expect-error there is no such mode
await client.query({ text: "soup", mode: "fuzzy" });
// @ts-expect-error a slip of a name
await client.query({ text: "soup", filters: wanted });
// @ts-expect-error a document needs its content
await client.upsert({ id: "a" });
// @ts-expect-error no such field of a document
filter.eq("year", 2020);
// @ts-expect-error booleans have no order
filter.gt("metadata.draft", true);
// @ts-expect-error at least one filter
filter.all();
// @ts-expect-error `in` takes a list
({ key: "metadata.year", op: "in", value: 2020 }) satisfies Filter;
