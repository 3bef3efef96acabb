// Writes the types of what this client calls, from Larder's OpenAPI document on standard input; `make types` runs it.
import { writeFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";

const CALLED = new Set([
  "bulkUpsert",
  "deleteDocument",
  "deleteMany",
  "deleteOfSource",
  "getDocument",
  "getMany",
  "getOfSource",
  "getSources",
  "getStats",
  "getTags",
  "listDocuments",
  "listMetadataKeys",
  "listMetadataValues",
  "query",
  "upsert",
]);

const document = await json(process.stdin);
const missing = new Set(CALLED);
for (const path of Object.values(document.paths)) {
  for (const [method, operation] of Object.entries(path)) {
    if (!missing.delete(operation.operationId)) delete path[method];
  }
}
if (missing.size) throw new Error(`The document has no operations ${[...missing].join(", ")}.`);
document.paths = Object.fromEntries(Object.entries(document.paths).filter(([, path]) => Object.keys(path).length));

const schemas = {};
function keep(part) {
  for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (name in schemas) continue;
    schemas[name] = document.components.schemas[name];
    keep(schemas[name]);
  }
}
keep(document.paths);
// A name that the server would ignore is a slip of who wrote it.
for (const schema of Object.values(schemas)) if (schema.properties) delete schema.additionalProperties;
document.components = { schemas: Object.fromEntries(Object.entries(schemas).sort()) };

const types = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
writeFileSync(process.argv[2], `// Written by generate.mjs from Larder's OpenAPI document; not to be changed by hand.\n\n${types}`);
