"""mem0 in a process of its own: a JSON command a line in, an answer a line out. Needs only its own environment.

`{"add": user, "messages": […]}` -> `{"ms": …}`, with `error` where it raised; `{"all": user}` -> `{"texts": […]}`.
"""

import json
import os
import sys
import tempfile
import time
from typing import Any

DIMENSIONS = 384


def main() -> None:
    url, folder = sys.argv[1], tempfile.mkdtemp(prefix="peer-")
    os.environ.update({"MEM0_TELEMETRY": "False", "MEM0_DIR": folder, "OPENAI_API_KEY": "none"})
    memory = make_memory(url, folder)
    for line in sys.stdin:
        print(json.dumps(carry_out(memory, json.loads(line))), flush=True)


def make_memory(url: str, folder: str) -> Any:
    from mem0 import Memory  # type: ignore[import-not-found] # the peer's own

    asked = {"openai_base_url": f"{url}/v1", "model": "scripted"}
    store = {
        "collection_name": "bench",
        "path": f"{folder}/vectors",
        "embedding_model_dims": DIMENSIONS,
        "on_disk": True,
    }
    return Memory.from_config(
        {
            "llm": {"provider": "openai", "config": asked},
            "embedder": {"provider": "openai", "config": {**asked, "embedding_dims": DIMENSIONS}},
            "vector_store": {"provider": "qdrant", "config": store},
            "history_db_path": f"{folder}/history.db",
        }
    )


def carry_out(memory: Any, command: dict[str, Any]) -> dict[str, Any]:
    if "all" in command:
        found = memory.get_all(filters={"user_id": command["all"]}, top_k=1_000)
        return {"texts": [each["memory"] for each in found["results"]]}
    began = time.perf_counter()
    try:
        memory.add(command["messages"], user_id=command["add"])
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return {"ms": (time.perf_counter() - began) * 1_000, "error": f"{type(error).__name__}: {error}"}
    return {"ms": (time.perf_counter() - began) * 1_000}


if __name__ == "__main__":
    main()
