"""Every address: the API, the health of the process, and the pages."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.views.decorators.http import require_safe

from config.api import api
from config.documents_api import documents_api
from config.health import health, readiness, readyz
from config.mcp.endpoint import mcp
from config.mcp.protected_resource import protected_resource
from config.memory_api import memory_api


class Beginning(RoutePattern):
    """Of addresses that begin with one of these: Django tries one pattern after the other, and there are hundreds."""

    def __init__(self, *beginnings: str) -> None:
        super().__init__("", is_endpoint=False)
        self.beginnings = beginnings

    def match(self, path: str) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
        return super().match(path) if path.startswith(self.beginnings) else None


def beginning(*beginnings: str, urls: tuple[list[URLResolver | URLPattern], str, str]) -> URLResolver:
    patterns, app_name, namespace = urls
    return URLResolver(Beginning(*beginnings), patterns, app_name=app_name, namespace=namespace)


urlpatterns = [
    path("health", health, name="health"),
    path("readiness", readiness, name="readiness"),
    path("readyz", readyz, name="readyz"),
    path("api/openapi.json", require_safe(api.show_document)),  # before the API's own, which is made anew each time
    beginning("api/", "v1/", "metrics", urls=api.urls),
    beginning("api/", urls=documents_api.urls),
    path("mcp", mcp, name="mcp"),
    path(".well-known/oauth-protected-resource", protected_resource),
    path(".well-known/oauth-protected-resource/mcp", protected_resource),
    path("", include("dashboard.urls")),
    path("", memory_api.urls),  # last: its first word is any that the others leave
]

handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
