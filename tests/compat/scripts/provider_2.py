"""A provider of contract 2, `provider_2.py PORT`: spot-sdk-python 2.1.2's own app under uvicorn.

Reads SPOT_PLUGIN_TOKEN, SPOT_PLUGIN_ID and SPOT_KNOWLEDGE_URL as that SDK does. The platform calls it with the
token, and it calls the platform with the same.
"""

import sys

import uvicorn
from spot_sdk import (
    KnowledgeClient,
    KnowledgeDocument,
    KnowledgeTag,
    Manifest,
    PluginKind,
    PluginSettings,
    create_plugin_app,
)

MANIFEST = Manifest(id="spot-two", version="1.0.0", kind=PluginKind.CONTEXT_PROVIDER)


async def sync(settings: PluginSettings) -> int:
    documents = [
        KnowledgeDocument(id="travel", content="Book flights two weeks in advance", tags=[KnowledgeTag.POLICY]),
        KnowledgeDocument(id="vpn", content="How to reset your VPN password", tags=[KnowledgeTag.WIKI_PAGE]),
    ]
    await KnowledgeClient.from_settings(settings).replace_source(documents)
    return len(documents)


uvicorn.run(create_plugin_app(MANIFEST, PluginSettings, sync=sync), host="127.0.0.1", port=int(sys.argv[1]))
