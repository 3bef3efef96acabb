"""A provider of contract 1 as a process of its own: `python -m tests.e2e.provider PORT LARDER_URL KEY SECRET`.

Each sync pushes a few documents of which one expires after some seconds, and answers how many it pushed. It counts
its syncs in the state that Larder keeps.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

BRIEF_S = 8


def documents() -> list[dict[str, object]]:
    soon = (datetime.now(UTC) + timedelta(seconds=BRIEF_S)).isoformat()
    return [
        {"id": "cto", "content": "Alice Chen is the Chief Technology Officer.", "tags": ["employee", "executive"]},
        {"id": "dev", "content": "Bob Diaz writes backend services.", "tags": ["employee", "engineering"]},
        {"id": "travel", "content": "Flights are booked two weeks in advance.", "tags": ["policy"]},
        {"id": "brief", "content": "The canteen closes early today.", "tags": ["public"], "expires_at": soon},
    ]


def serve(port: int, larder_url: str, key: str, secret: str) -> None:
    class Provider(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.path != "/internal/sync" or self.headers["Authorization"] != f"Bearer {secret}":
                return self.answer(401, {"detail": "unauthorized"})
            told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
            pushed = httpx.post(
                f"{larder_url}/api/v1/knowledge/bulk-upsert",
                json={"documents": documents()},
                headers={"X-Internal-API-Key": key},
                trust_env=False,
            )
            state = {"syncs": told.get("sync_state", {}).get("syncs", 0) + 1}
            return self.answer(200, {"upserted": pushed.json()["upserted"], "sync_state": state})

        def answer(self, status: int, body: dict[str, object]) -> None:
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *args: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Provider).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), *sys.argv[2:5])
