// What a program does with the client, the same in Node.js and in a browser: what it saw, as JSON.

const DOCUMENTS = [
  { id: "travel", content: "Flights are booked by the office.", metadata: { year: 2026, topic: "trips" }, tags: ["hr"] },
  { id: "leave", content: "Holidays are asked for in writing.", metadata: { year: 2020 }, tags: ["hr"] },
  { id: "lunch/ä?#%2F", content: "The canteen serves soup at noon.", metadata: { year: 1999 } },
];

const ids = (documents) => documents.map((each) => each.id);
const codeOf = (promise) => promise.then(() => "", (error) => [error.name, error.status, error.code].join(" "));

export async function play({ filter }, client) {
  const seen = {};
  seen.pushed = (await client.bulkUpsert(DOCUMENTS)).created;
  seen.unchanged = (await client.upsert(DOCUMENTS[0])).unchanged;
  for (const mode of ["semantic", "keyword", "hybrid"]) {
    const { documents } = await client.query({ text: "who books flights?", mode, top_k: 1 });
    seen[mode] = [ids(documents), documents[0].score > 0 && documents[0].score <= 1];
  }
  const recent = filter.all(filter.gte("metadata.year", 2000), filter.not(filter.contains("tags", "draft")));
  seen.filtered = ids((await client.query({ text: "soup", filter: recent })).documents).sort();
  const [lunch] = await client.getMany(["lunch/ä?#%2F", "nowhere"], { includeVectors: true });
  seen.vector = ids((await client.query({ vector: lunch.vectors[0].vector, top_k: 1 })).documents);
  seen.listed = [];
  for await (const each of client.list({ order: "id" }, { pageSize: 2 })) seen.listed.push(each.id);
  seen.counted = [await client.count(), await client.count({ filter: recent })];
  seen.keys = (await client.metadataKeys()).map((each) => each.key);
  const years = await client.metadataValues("metadata.year", { filter: recent });
  seen.years = [years.values.map((each) => each.value), years.total, years.least];
  seen.read = (await client.get("lunch/ä?#%2F")).content;
  seen.missing = await codeOf(client.get("nowhere"));
  seen.refused = await codeOf(client.query({ text: "x", filter: { key: "metadata.year", op: "like", value: "x" } }));
  const wrong = [{ id: "good", content: "x" }, { id: "blank", content: " " }];
  seen.named = await client.bulkUpsert(wrong).catch((error) => error.errors.map((each) => [each.index, each.id]));
  const controller = new AbortController();
  const aborted = client.query("soup", { signal: controller.signal });
  controller.abort();
  seen.aborted = await aborted.catch((error) => error.name);
  await client.delete("lunch/ä?#%2F");
  seen.deleted = await client.deleteMany({ filter: filter.lt("metadata.year", 2021) });
  seen.left = await client.count();
  seen.cleared = await client.deleteMany({ ids: ["travel", "nowhere"] });
  return seen;
}

export const EXPECTED = {
  pushed: 3,
  unchanged: 1,
  semantic: [["travel"], true],
  keyword: [["travel"], true],
  hybrid: [["travel"], true],
  filtered: ["leave", "travel"],
  vector: ["lunch/ä?#%2F"],
  listed: ["leave", "lunch/ä?#%2F", "travel"],
  counted: [3, 2],
  keys: ["topic", "year"],
  years: [[2020, 2026], 2, 2020],
  read: "The canteen serves soup at noon.",
  missing: "LarderError 404 not_found",
  refused: "LarderError 422 invalid_filter",
  named: [[1, "blank"]],
  aborted: "AbortError",
  deleted: 1,
  left: 1,
  cleared: 1,
};
