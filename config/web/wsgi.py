"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_wsgi_application()

from django.conf import settings  # noqa: E402

from config.web.fast_path import FastPath  # noqa: E402 -- needs Django's apps
from config.web.request_buffering import Front, allow_connections  # noqa: E402
from config.web.slow_clients import Visits, start_watching  # noqa: E402

allow_connections()
visits = Visits(patience_s=settings.BODY_PATIENCE_S)
start_watching(visits)
application = Front(FastPath(django), visits=visits)
