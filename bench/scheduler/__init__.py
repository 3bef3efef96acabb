"""Larder's scheduling under load, on real processes, and beside django-celery-beat's own scheduler.

    .venv/bin/python -m bench.scheduler beats    # time to send 10,000 due ones: theirs and ours
    .venv/bin/python -m bench.scheduler ticks    # a tick's cost as registered providers grow
    .venv/bin/python -m bench.scheduler burst    # 10,000 due in the same minute, and one asked for by hand
    .venv/bin/python -m bench.scheduler steady   # 100,000 registered, 1 % due each minute
    .venv/bin/python -m bench.scheduler slow     # 500 that take ten seconds each

The first two start PostgreSQL and Redis only, the others all of `manage.py up`, on a data directory of their own; with
`--data-dir` a stack that runs already. Only the providers are played. `docs/reference/benchmarks.md` says what is
measured.
"""
