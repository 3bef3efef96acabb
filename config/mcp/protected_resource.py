"""Where a client gets a key that it was not given (RFC 9728): the authorization servers that the operator names.

Larder is none itself, and takes its own access keys alone; what such a server gives out has to be one, or to be
exchanged for one on the way here. Where none is named, there is no such address.

See docs/decisions/0276.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.mcp.refusals import ADDRESS

WELL_KNOWN = "/.well-known/oauth-protected-resource"


@require_safe
def protected_resource(request: HttpRequest) -> JsonResponse:
    """404 where no authorization server is named."""
    if not settings.MCP_AUTHORIZATION_SERVERS:
        raise Http404
    return JsonResponse(
        {
            "resource": f"{_base(request)}{ADDRESS}",
            "authorization_servers": settings.MCP_AUTHORIZATION_SERVERS,
            "bearer_methods_supported": ["header"],
            "resource_name": "Larder",
        }
    )


def tell_where(request: HttpRequest, refusal: HttpResponse) -> None:
    """Of a 401: where the metadata is, so that a client finds its way by itself."""
    if refusal.status_code == 401 and settings.MCP_AUTHORIZATION_SERVERS:
        refusal["WWW-Authenticate"] = f'Bearer resource_metadata="{_base(request)}{WELL_KNOWN}{ADDRESS}"'


def _base(request: HttpRequest) -> str:
    """Larder's address as clients know it."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
