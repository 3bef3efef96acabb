"""Our own styles, scripts and pictures, and when a browser may keep what it has.

Compressed on its way out, a file bears its ETag as a weak one (`W/"…"`), which comes back in the next request.
WhiteNoise compares texts and would send every file again; so `If-None-Match` is compared weakly here, as RFC 9110
(13.1.2) has it.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

WEAK = "W/"


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """A 304 bears the ETag as the browser knows it, so that it finds what it has kept."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        known = _known_as(request.headers.get("If-None-Match", ""), etag=static_file.etag)
        if known is None:
            answer: HttpResponse = WhiteNoiseMiddleware.serve(static_file, request)
            return answer
        request.META["HTTP_IF_NONE_MATCH"] = static_file.etag
        answer = WhiteNoiseMiddleware.serve(static_file, request)
        if answer.status_code == 304:
            answer["ETag"] = known
        return answer


def _known_as(condition: str, *, etag: str) -> str | None:
    """The one of its ETags that weakly equals that of the file; None where none does."""
    named = parse_etags(condition)
    if named == ["*"]:
        return etag
    return next((each for each in named if each.removeprefix(WEAK) == etag), None)
