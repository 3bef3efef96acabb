"""The row of readiness about our own keys."""

from django.core.checks import run_checks

from config.checks import KEYS_TAG
from providers.system.readiness import ReadinessRow


def keys_row() -> list[ReadinessRow]:
    """Nothing to say where both kinds are set; one row for what is wrong, with the first fix."""
    found = [message for message in run_checks(tags=[KEYS_TAG]) if not message.is_silenced()]
    if not found:
        return []
    serious = any(message.is_serious() for message in found)
    detail = " ".join(str(message.msg) for message in found)
    return [ReadinessRow(name="keys", state="bad" if serious else "warn", detail=detail, fix=found[0].hint or "")]
