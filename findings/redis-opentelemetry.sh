#!/usr/bin/env bash
# redis 8.1.0, opentelemetry-sdk 1.45.2: who has OpenTelemetry's SDK installed imports its metrics with redis, used or not.
#
# One would guess that an optional dependency is imported once it is asked for. Seen:
#   - without the SDK `import redis` imports nothing of OpenTelemetry;
#   - with it beside, the same statement imports `opentelemetry.sdk.metrics`, though nothing is configured and no meter made;
#   - the SDK's traces stay out.
#
# So "off" cannot be told by whether `opentelemetry` is among a process's modules, and an image that has the SDK pays for it in
# every process. Output: a line for each, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
install() { "$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
look() {
  "$room/venv/bin/python" - "$1" <<'PYTHON'
import sys

import redis

assert redis.__version__ == "8.1.0"
found = {name for name in sys.modules if name.startswith("opentelemetry")}
told = {"nothing": not found, "metrics": "opentelemetry.sdk.metrics" in found and "opentelemetry.sdk.trace" not in found}
assert told[sys.argv[1]], sorted(found)
print(f"import redis: {sys.argv[1]} of OpenTelemetry, {len(found)} modules")
PYTHON
}
install "redis==8.1.0"
look nothing
install "opentelemetry-sdk==1.45.2"
look metrics
echo "as described"
