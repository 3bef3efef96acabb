"""Every address: the API, the health of the process, and the pages."""

from django.urls import include, path

from config.api import api
from config.health import health, readiness

urlpatterns = [
    path("health", health, name="health"),
    path("readiness", readiness, name="readiness"),
    path("", api.urls),
    path("", include("dashboard.urls")),
]

handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
