"""A model server as the running Larder sees it: it answers whatever it is asked, and reads nothing in turns."""

import json
from typing import Any

from tests.memory.extraction.played import enveloped, reply
from tests.providers.scripted import Connection

REPLY = "You work at Globex.\nSince today."
THOUGHT = "Globex pays the rent."


async def answer(connection: Connection) -> None:
    await connection.answer(200, enveloped(_written(json.loads(connection.asked.body)), api="openai"))


def _written(asked: dict[str, Any]) -> dict[str, Any]:
    wanted = asked["response_format"]["json_schema"]["schema"]["properties"]
    if "reply" in wanted:
        return {"reply": REPLY}
    return {"reflection": THOUGHT, "evidence": [1]} if "reflection" in wanted else reply()
