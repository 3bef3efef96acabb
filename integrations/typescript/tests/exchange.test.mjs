// How it insists, against a server that answers from a list.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { batches } from "../dist/batches.js";
import { retryAfterS } from "../dist/exchange.js";
import { LarderClient } from "../dist/index.js";

const answers = [];
const requests = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  requests.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
  const [status, body, headers = {}] = answers.length > 1 ? answers.shift() : answers[0];
  if (status === 0) return request.socket.destroy();
  if (status < 0) return; // says nothing
  response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
after(() => server.close().closeAllConnections());

const url = `http://127.0.0.1:${server.address().port}`;
const FAST = { firstPauseMs: 1 };

function script(...told) {
  answers.splice(0, answers.length, ...told);
  requests.length = 0;
  return new LarderClient({ url, key: "secret", retry: FAST, timeoutMs: 2_000 });
}

const failing = (promise) => promise.then(() => assert.fail("it succeeded"), (error) => error);

test("what is unavailable is asked again, what is refused is not", async () => {
  const busy = [503, { code: "embedder_busy", detail: "Busy." }];
  assert.deepEqual((await script(busy, [0], [200, { documents: [] }]).query("x")).documents, []);
  assert.equal(requests.length, 3);
  const given_up = await failing(script(busy).query("x"));
  assert.deepEqual([requests.length, given_up.code, given_up.message, given_up.unavailable], [4, "embedder_busy", "Busy.", true]);
  const refusal = await failing(script([422, { code: "invalid_query", detail: "No.", at: "x" }]).query("x"));
  assert.deepEqual([requests.length, refusal.status, refusal.extra, refusal.refused], [1, 422, { at: "x" }, true]);
});

test("Retry-After goes first, and a long one is told instead of waited for", async () => {
  const began = Date.now();
  await script([429, {}, { "Retry-After": "1" }], [200, {}]).stats();
  assert.ok(Date.now() - began >= 950);
  const later = await failing(script([503, {}, { "Retry-After": "3600" }]).stats());
  assert.deepEqual([requests.length, later.retryAfterS, later.unavailable], [1, 3600, true]);
  const now = Date.UTC(2030, 0, 1);
  assert.equal(retryAfterS("Tue, 01 Jan 2030 00:00:07 GMT", now), 7);
  assert.equal(retryAfterS("Mon, 31 Dec 2029 00:00:00 GMT", now), 0);
  assert.equal(retryAfterS("soon", now), null);
});

test("an answer that takes too long is not asked for again, and a push may take as much longer as it waits", async () => {
  const client = new LarderClient({ url, retry: FAST, timeoutMs: 100 });
  script([-1]);
  const late = await failing(client.query("x"));
  assert.deepEqual([requests.length, late.code, late.status, late.unavailable], [1, "unreachable", null, true]);
  assert.match(late.message, /took too long: POST \/api\/v1\/knowledge\/query/);
  const began = Date.now();
  await failing(client.upsert({ id: "a", content: "x" }, { waitS: 1 }));
  assert.ok(Date.now() - began >= 1_050);
  assert.equal(requests.at(-1).headers.prefer, "wait=1");
});

test("where nobody listens the error says so", async () => {
  const nobody = new LarderClient({ url: "http://127.0.0.1:1", retry: { attempts: 2, firstPauseMs: 1 } });
  const error = await failing(nobody.stats());
  assert.match(error.message, /^Larder could not be reached: GET \/api\/v1\/knowledge\/stats/);
  assert.equal(error.unavailable, true);
});

test("a call ends when its signal says so, in a pause, too", async () => {
  const client = script([503, {}, { "Retry-After": "5" }]);
  const began = Date.now();
  const error = await failing(client.stats({ signal: AbortSignal.timeout(100) }));
  assert.equal(error.name, "TimeoutError");
  assert.ok(Date.now() - began < 2_000);
  await assert.rejects(client.stats({ signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.equal(requests.length, 1);
});

test("what Larder does not answer is unexpected: another server's page, a redirect, a list", async () => {
  for (const told of [[200, "<html>"], [200, "[]"], [302, "", { Location: `${url}/elsewhere` }], [500, "oops"]]) {
    const error = await failing(script(told).stats());
    assert.deepEqual([requests.length, error.unavailable, error.refused], [1, false, false], String(told));
  }
});

test("the key goes with each call, and ids and sources are encoded in addresses", async () => {
  const client = script([200, {}]);
  await client.get("a/b?c#d%2F", { source: "x/y" });
  assert.equal(requests[0].url, "/api/v1/knowledge/sources/x%2Fy/documents/a%2Fb%3Fc%23d%252F");
  assert.equal(requests[0].headers.authorization, "Bearer secret");
  for (const id of ["", ".", ".."]) await assert.rejects(async () => client.get(id), /cannot stand in an address/);
  await new LarderClient({ url: `${url}/api/v1/knowledge/` }).count({ tags: "a+b", filter: null }).catch(() => {});
  assert.equal(requests.at(-1).url, "/api/v1/knowledge/documents?tags=a%2Bb&limit=1&total=true");
  assert.throws(() => new LarderClient({ url, key: "ключ" }), /no header can carry/);
});

test("batches stay within their documents and bytes, and a giant goes alone", async () => {
  const documents = ["a", "b", "x".repeat(500), "ü".repeat(80), "c"].map((content, at) => ({ id: `${at}`, content }));
  const found = [];
  for await (const each of batches(documents, "wiki", 2, 200)) found.push([each.first, JSON.parse(each.body).documents.length]);
  assert.deepEqual(found, [[0, 2], [2, 1], [3, 1], [4, 1]]);
  for await (const each of batches([{ id: "a", content: "x", source: "own" }, { id: "b", content: "x" }], "wiki")) {
    assert.deepEqual(JSON.parse(each.body).documents.map((one) => one.source), ["own", "wiki"]);
  }
});
