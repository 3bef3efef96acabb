"""Every address: the API, the health of the process, and the pages."""

from django.urls import include, path

from config.api import api
from config.documents_api import documents_api
from config.health import health, readiness, readyz
from config.memory_api import memory_api

urlpatterns = [
    path("health", health, name="health"),
    path("readiness", readiness, name="readiness"),
    path("readyz", readyz, name="readyz"),
    path("", include("dashboard.urls")),  # before the API, whose root answers 404 at ""
    path("", documents_api.urls),
    path("", api.urls),
    path("", memory_api.urls),  # last: its first word is any that the others leave
]

handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
