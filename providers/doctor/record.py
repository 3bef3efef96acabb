"""What is on record about a provider: its registration, its access key, its secret."""

from datetime import datetime

from django.db.models import F, Q

from accounts.models import AccessKey
from providers.doctor.content import look_through
from providers.doctor.steps import Step, bad, ok, warn
from providers.errors import CallRefused
from providers.models import Provider
from providers.secrets import decrypt_secret


def look_up(provider: Provider, *, now: datetime) -> tuple[list[Step], str | None]:
    """What the registry tells, and the secret to visit it with; None where that cannot be read."""
    steps = [_registration(provider), _push_key(provider, now=now), *look_through(provider, now=now)]
    try:
        secret = decrypt_secret(provider.secret_encrypted)
    except CallRefused as error:
        fix = "Enter the secret again under Edit, or bring the lost key back into SECRETS_KEYS."
        return [*steps, bad("secret", error.detail, fix)], None
    return [*steps, _secret(secret)], secret


def _registration(provider: Provider) -> Step:
    if not provider.enabled:
        return warn("registration", "It is paused, so it is not synced.", "Resume it.")
    if provider.schedule_error:
        return bad("registration", provider.schedule_error, "Save its schedule again.")
    if not provider.sync_schedule:
        return ok("registration", "Enabled; synced only when asked.")
    return ok("registration", f"Enabled, on the schedule {provider.sync_schedule} ({provider.timezone}).")


def _push_key(provider: Provider, *, now: datetime) -> Step:
    """Called, it pushes back: that takes a key which may write this source. An admin's key is made for no provider."""
    may_write = Q(verbs=[]) | Q(verbs__contains=["write"])
    keys = AccessKey.objects.usable(now).filter(may_write, role=AccessKey.Role.PROVIDER)
    mine = Q(source=provider.pk) | Q(sources__contains=[provider.pk])
    own = keys.filter(mine).order_by(F("last_used_at").desc(nulls_last=True)).first()
    if own:
        return ok("access key", f"The key {own.prefix}… writes this source.")
    if keys.filter(source=None, sources=[]).exists():
        return ok("access key", "A key that is bound to no source can write this one.")
    made = f"`manage.py create_key {provider.pk} --role provider --source {provider.pk}`"
    fix = f"Make one under Access keys, or with {made}, and give it to the provider."
    return bad("access key", f"No usable access key may push to the source {provider.pk}.", fix)


def _secret(secret: str) -> Step:
    if secret:
        return ok("secret", "Set, and readable with the configured keys.")
    return warn("secret", "None is set: the provider cannot know that Larder calls.", "Set one on both sides.")
