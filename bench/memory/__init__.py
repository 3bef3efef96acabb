"""The memory beside mem0, a published memory of agents, driven by one scripted model on the same conversations.

    python3 -m venv ../peer && ../peer/bin/pip install --no-deps -r requirements-bench-memory.txt
    .venv/bin/python -m bench.memory CASES.jsonl --peer ../peer/bin/python

A line of CASES is one conversation: `{"id", "now", "turns": [{"role", "content", "ts", …}], "expect": [{"attributes",
"relations", …}, …], "state": {"attributes", "relations"}, "never": [{"attribute" | "relation"}, …], "model": [{"fast":
{…}}, …]}`. `expect` is what a turn says and `state` what is so in the end; the scripted model knows the former. It
replies at once, so that what is measured is what each makes of a reply.

`scripted` is that model, `conversations` reads the lines and judges what is kept, `ours` and `theirs` drive the two in
turns (`peer` is what runs in the peer's environment, its telemetry off), `facts` measures turns and queries above many
facts of `people`, in time and in CPU. `cases` plays the same lines, with all else that they expect, against a
running server.
"""
