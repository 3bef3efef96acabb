"""How agents' tools are served (`mcp_server`): the address in the web process, and what an outage means to a client."""
