"""What stands before every view."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


class BodyLimitMiddleware:
    """Refuses a body over `MAX_BODY_BYTES` by its announced length, before a byte of it is read.

    A body without a length cannot be judged early: 411.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            return _refuse(411, "length_required", "Send the body with a Content-Length.")
        if length.isdigit() and int(length) > settings.MAX_BODY_BYTES:
            detail = (
                f"The body has {int(length):,} bytes; the limit is {settings.MAX_BODY_BYTES:,}. Send smaller batches."
            )
            return _refuse(413, "body_too_large", detail)
        return self.get_response(request)


class ContentSecurityPolicyMiddleware:
    """Scripts and styles come from our own files only. The interactive API page brings its own inline script."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path != "/api/docs":
            response.setdefault("Content-Security-Policy", POLICY)
        return response


def _refuse(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status, headers={"Connection": "close"})
