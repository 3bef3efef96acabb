// One of the protocol's TypeScript clients, as a program would use it: what it finds, one JSON object on standard output.
// Arguments: where it is installed, `sdk` (1.x) or `client` (2.x), how it negotiates, `http` or `stdio`, a key, and an
// address or a command.
const { createRequire } = require("node:module");

const [installed, family, mode, transport, key, ...rest] = process.argv.slice(2);
const load = createRequire(`${installed}/`);

function classes() {
  if (family === "client") {
    return { ...load("@modelcontextprotocol/client"), ...load("@modelcontextprotocol/client/stdio") };
  }
  return {
    ...load("@modelcontextprotocol/sdk/client/index.js"),
    ...load("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    ...load("@modelcontextprotocol/sdk/client/stdio.js"),
  };
}

async function main() {
  const { Client, StreamableHTTPClientTransport, StdioClientTransport } = classes();
  const way =
    transport === "http"
      ? new StreamableHTTPClientTransport(new URL(rest[0]), { requestInit: { headers: { Authorization: `Bearer ${key}` } } })
      : new StdioClientTransport({ command: rest[0], args: rest.slice(1), env: { ...process.env, LARDER_KEY: key } });
  const client = new Client({ name: "compat", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(way);
  const listed = await client.listTools();
  const found = await client.callTool({ name: "search", arguments: { text: "when do parcels leave?" } });
  const read = await client.callTool({ name: "read_document", arguments: { id: "parcels" } });
  const wrong = await client.callTool({ name: "search", arguments: { text: "x", top_k: 1000 } });
  const resources = await client.listResources();
  const text = await client.readResource({ uri: resources.resources[0].uri });
  const unknown = await client.callTool({ name: "nothing", arguments: {} }).catch((error) => ({ refused: error.message }));
  const server = [client.getServerVersion().name, client.getInstructions().startsWith("Larder keeps documents")];
  const version = client.getNegotiatedProtocolVersion?.() ?? "";
  await client.close();
  console.log(
    JSON.stringify({
      server,
      version,
      tools: listed.tools.map((each) => each.name),
      found: found.structuredContent.documents.map((each) => each.citation),
      cited: found.content[0].text.includes("cite as: mcp/parcels"),
      read: read.structuredContent.content,
      wrong: [wrong.isError, wrong.structuredContent.code],
      text: text.contents[0].text,
      unknown: unknown.refused ?? unknown,
    }),
  );
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
