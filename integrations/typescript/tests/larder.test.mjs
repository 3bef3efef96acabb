// Against a running Larder: LARDER_URL, and an admin's key in LARDER_KEY.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import * as larder from "larder-client";
import { EXPECTED, play } from "./scenario.mjs";

const { LARDER_URL: url, LARDER_KEY: key } = process.env;
const fresh = () => new larder.LarderClient({ url, key, source: `typescript-${randomUUID()}` });

test("a program pushes, asks, lists, counts and deletes", async () => {
  assert.deepEqual(await play(larder, fresh()), EXPECTED);
});

test("more documents than a push may hold go in several, and a refused one is named by its place in all", async () => {
  const client = fresh();
  async function* documents(last) {
    for (let at = 0; at < 1001; at++) yield { id: `d${at}`, content: at === 1000 ? last : "the same text" };
  }
  const options = { waitS: 0 };
  const refusal = await client.bulkUpsert(documents(" "), options).catch((error) => error);
  assert.deepEqual(refusal.errors.map((each) => [each.index, each.id]), [[1000, "d1000"]]);
  assert.equal(refusal.refused, true);
  const counts = await client.bulkUpsert(documents("the last"), options);
  assert.deepEqual([counts.created, counts.unchanged], [1, 1000]);
  assert.equal((await client.getMany([...Array(1001).keys()].map((at) => `d${at}`))).length, 1001);
  assert.equal(await client.deleteMany({ filter: larder.filter.eq("content", "the same text") }), 1000);
  assert.deepEqual((await client.sources()).find((each) => each.source === client.source)?.documents, 1);
});

test("totals and tags are told", async () => {
  const client = fresh();
  await client.upsert({ id: "a", content: "x", tags: ["typescript-tag"] });
  assert.ok((await client.stats()).documents >= 1);
  assert.ok((await client.tags()).some((each) => each.tag === "typescript-tag"));
});

test("an unknown key is refused, and no key too", async () => {
  for (const given of [{ key: "larder_unknown" }, {}]) {
    const refusal = await new larder.LarderClient({ url, ...given }).stats().catch((error) => error);
    assert.deepEqual([refusal.status, refusal.code, refusal.refused], [401, "unauthorized", true]);
  }
});
