"""The web process's entry point."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()

from django.conf import settings  # noqa: E402

from config.observability.traces.requests import TracedRequests  # noqa: E402
from config.observability.traces.switch import start_traces  # noqa: E402
from config.postgresql.limits import DatabaseWork  # noqa: E402
from config.processes.pulse import start_pulse  # noqa: E402
from config.processes.starting import start_as  # noqa: E402
from config.web.fast_path import FastPath  # noqa: E402 -- needs Django's apps
from config.web.kind_of_work import KindOfWork  # noqa: E402
from config.web.request_buffering import RequestBuffer, allow_connections  # noqa: E402
from config.web.shutdown import notice_shutdown  # noqa: E402
from config.web.slow_clients import InFlightRequests, start_slow_client_guard  # noqa: E402
from knowledge.search.index import start_keeper  # noqa: E402

try:
    start_as(DatabaseWork.WRITE)
except ImproperlyConfigured as error:
    sys.exit(str(error))
notice_shutdown()
# A push keeps Python's lock for milliseconds at a time. A query takes it ten times on its way and would wait for 5 ms
# (the default) each time; see docs/decisions/0186.
sys.setswitchinterval(0.001)
start_pulse("web")
allow_connections()
in_flight = InFlightRequests(patience_s=settings.BODY_PATIENCE_S)
start_slow_client_guard(in_flight)
start_keeper()
buffered = RequestBuffer(KindOfWork(FastPath(django)), in_flight=in_flight)
application = TracedRequests(buffered) if start_traces("web") else buffered
gc.freeze()  # the interfaces, too: docs/decisions/0200
