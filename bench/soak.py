"""Larder for minutes, while everything around its runs goes wrong; at the end no rule may have been broken.

    .venv/bin/python -m bench.soak [minutes]      # 10 unless said otherwise, and two more that are quiet

All of `manage.py up` on a data directory of its own. Providers of every temperament are due each minute; worker, beat,
Redis and PostgreSQL are killed at random, and started again by the supervisor; people sync, cancel, edit and disable.
Then nothing is disturbed any more, and `manage.py audit_runs` must find nothing. Exit code 1 where it does, where the
API answered 500, or where a part does not come back.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.scheduler.stacks import Stack, stack
from bench.temperaments import TEMPERAMENTS, Cast

API = "/api/v1/plugins/context_provider"
KILLED = ("worker", "worker", "worker", "beat", "redis", "redis", "postgres")
BETWEEN_KILLS_S = (5.0, 25.0)
BETWEEN_WISHES_S = (0.2, 2.0)
QUIET_S = 120
OF_EACH = 4


@dataclass
class Chaos:
    """What was done to the stack, and how its API answered."""

    stack: Stack
    providers: list[str]
    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)

    def kill(self) -> None:
        """One process after the other, without warning."""
        while not self.ended.wait(random.uniform(*BETWEEN_KILLS_S)):
            name = random.choice(KILLED)
            if pid := self.stack.process(name):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills[name] += 1

    def change(self) -> None:
        """What people do meanwhile."""
        headers = {"Authorization": f"Bearer {self.stack.key}"}
        with httpx.Client(base_url=self.stack.web_url, headers=headers, timeout=30, trust_env=False) as client:
            while not self.ended.wait(random.uniform(*BETWEEN_WISHES_S)):
                wish = random.choice((self._sync, self._sync, self._cancel, self._edit, self._rest))
                with suppress(httpx.TransportError):
                    wish(client, random.choice(self.providers))

    def _ask(self, client: httpx.Client, method: str, path: str, **body: object) -> httpx.Response:
        answer = client.request(method, f"{API}/{path}", json=body or None)
        self.answers[f"{method} {answer.status_code}"] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            print(f"{method} {path}: {answer.status_code} {answer.text[:200]}", flush=True)
        return answer

    def _sync(self, client: httpx.Client, provider: str) -> None:
        self._ask(client, "POST", f"{provider}/sync")

    def _cancel(self, client: httpx.Client, provider: str) -> None:
        answer = self._ask(client, "GET", f"{provider}/runs")
        for run in answer.json().get("runs", [])[:1] if answer.is_success else []:
            self._ask(client, "POST", f"{provider}/runs/{run['id']}/cancel")

    def _edit(self, client: httpx.Client, provider: str) -> None:
        schedule = random.choice(["* * * * *", "*/2 * * * *", "1-59/2 * * * *"])
        self._ask(client, "PATCH", provider, sync_schedule=schedule, jitter_s=random.randint(0, 50))

    def _rest(self, client: httpx.Client, provider: str) -> None:
        self._ask(client, "PATCH", provider, enabled=False)
        self.ended.wait(1)
        self._wake(client, provider)

    def _wake(self, client: httpx.Client, provider: str) -> None:
        """Enabled again, whatever is away at the moment."""
        while True:
            with suppress(httpx.TransportError):
                if self._ask(client, "PATCH", provider, enabled=True).is_success:
                    return
            time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float, nargs="?", default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="larder-soak-") as directory, stack(None, Path(directory)) as running:
        faults = soak(running, seconds=arguments.minutes * 60)
        log = (Path(directory) / "up.log").read_text(errors="replace")
        print(f"{log.count('Traceback')} tracebacks in the log")
        Path("soak.log").write_text(log) if faults else None
    sys.exit(1 if faults else 0)


def soak(running: Stack, *, seconds: float) -> list[str]:
    """Sentences about what was found wrong."""
    cast = Cast(running.web_url)
    providers = [cast.register(name, number) for name in TEMPERAMENTS for number in range(OF_EACH)]
    chaos = Chaos(running, providers)
    threads = [threading.Thread(target=work, daemon=True) for work in (chaos.kill, chaos.change, chaos.change)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    chaos.ended.set()
    for thread in threads:
        thread.join(60)
    print(f"killed {dict(chaos.kills)}; answers {dict(sorted(chaos.answers.items()))}; now it is quiet", flush=True)
    time.sleep(QUIET_S)
    return _judge(running, chaos)


def _judge(running: Stack, chaos: Chaos) -> list[str]:
    audit = running.manage("audit_runs")
    print(audit.stdout.strip() or audit.stderr.strip()[-2_000], flush=True)
    _show_runs()
    faults = ["a rule was broken"] if audit.returncode else []
    faults += [f"the API answered {said}" for said in chaos.answers if said[-3] == "5" and not said.endswith("503")]
    headers = {"Authorization": f"Bearer {running.key}"}
    rows = httpx.get(f"{running.web_url}/api/v1/knowledge/readiness", headers=headers, timeout=30, trust_env=False)
    faults += [f"{row['name']}: {row['detail']}" for row in rows.json()["rows"] if row["state"] == "bad"]
    for fault in faults:
        print(f"FAULT: {fault}", flush=True)
    return faults


def _show_runs() -> None:
    from django.db import connections
    from django.db.models import Count

    from providers.models import SyncRun

    connection: Any = connections["default"]  # only PostgreSQL's has a pool
    connection.close()
    connection.close_pool()  # what it holds was cut when PostgreSQL was killed
    ends = SyncRun.objects.values_list("state", "error_code").annotate(count=Count("pk")).order_by("-count")
    print("; ".join(f"{count} {state} {code}".strip() for state, code, count in ends))
    attempts = SyncRun.objects.filter(attempt__gt=1).count()
    print(f"{SyncRun.objects.count()} runs, {attempts} of them with more than one attempt", flush=True)


if __name__ == "__main__":
    main()
