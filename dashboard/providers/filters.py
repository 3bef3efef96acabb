"""Which providers a list shows: each state that people look for has a name in the address."""

from datetime import datetime

from providers.querysets import ProviderQuerySet

LISTED = {
    "": "all",
    "attention": "need attention",
    "syncing": "syncing now",
    "planned": "on schedule",
    "paused": "paused",
    "stale": "stale",
    "asked": "only when asked",
}


def in_state(providers: ProviderQuerySet, state: str, *, now: datetime) -> ProviderQuerySet:
    """Those in a state of LISTED; any other text narrows nothing."""
    match state:
        case "attention":
            return providers.needing(now)
        case "syncing":
            return providers.syncing()
        case "planned":
            return providers.planned()
        case "paused":
            return providers.paused()
        case "stale":
            return providers.filter(pk__in=providers.stale(now).values("pk"))
        case "asked":
            return providers.filter(sync_schedule="")
    return providers
