"""Refusals in both shapes: the API's, and an error of the protocol, whose clients show nothing else to people."""

import json

from django.http import HttpResponse, JsonResponse

ADDRESS = "/mcp"
INVALID_REQUEST, INTERNAL_ERROR = -32600, -32603
"""JSON-RPC's own codes."""


def as_protocol_error(refusal: HttpResponse) -> JsonResponse:
    """The same answer, with its sentence as `error.message`, too. Headers stay."""
    told = json.loads(refusal.content)
    code = INTERNAL_ERROR if refusal.status_code >= 500 else INVALID_REQUEST
    error = {"code": code, "message": told["detail"], "data": {"code": told["code"]}}
    headers = {name: value for name, value in refusal.headers.items() if name != "Content-Type"}
    told = {"jsonrpc": "2.0", "id": None, "error": error} | told
    return JsonResponse(told, status=refusal.status_code, headers=headers)
