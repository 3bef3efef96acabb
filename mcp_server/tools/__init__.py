"""The tools, in the order that they are listed in. A key is shown those that it may use, and no others.

Read `base` first. Each of the others holds one tool or two; `hits` says how documents are told.
"""

from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Tool
from mcp_server.tools.collections import search_collection
from mcp_server.tools.listing import list_sources, list_tags
from mcp_server.tools.reading import read_document
from mcp_server.tools.remembering import recall, remember
from mcp_server.tools.searching import search

EVERY_TOOL = (search, search_collection, read_document, list_tags, list_sources, recall, remember)
TOOLS: dict[str, Tool] = {each.name: each for each in EVERY_TOOL}


def tools_for(who: AgentCaller) -> list[Tool]:
    return [tool for tool in TOOLS.values() if tool.is_for(who)]
