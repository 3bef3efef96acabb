"""Where alerts go, what each of those places was told last, and every alert with what became of it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from providers.secrets import decrypt_secret


class AlertChannel(models.Model):
    """A place of a `kind` (see `providers.alerts.channels`). `providers` empty: all.

    Whoever knows a webhook's URL may post there, so it is kept as a secret is; its `host` is what anybody is shown.

    Failing counts from `after_failures` in a row on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField(unique=True)
    kind = models.TextField()
    url_encrypted = models.TextField(default="", blank=True)
    host = models.TextField(default="", blank=True, help_text="of the URL, with its port")
    secret_encrypted = models.TextField(default="", blank=True)
    recipients = ArrayField(models.TextField(), default=list, blank=True)
    providers = ArrayField(models.TextField(), default=list, blank=True)
    after_failures = models.PositiveSmallIntegerField(default=1)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(after_failures__range=(1, 100)), name="alert_channel_after_failures"),
            models.CheckConstraint(
                condition=~Q(url_encrypted="") | ~Q(recipients=[]), name="alert_channel_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """In full, to call it and to check it. Raises SecretUnreadable."""
        return decrypt_secret(self.url_encrypted)

    def watches(self, provider_id: str) -> bool:
        return not self.providers or provider_id in self.providers


class AlertState(models.Model):
    """What a channel was told last of a provider: the conditions that hold."""

    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="states")
    provider = models.TextField()
    holding = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "provider"], name="alert_state_one_each")]

    def __str__(self) -> str:
        return f"{self.provider}: {', '.join(self.holding) or 'well'}"


class Alert(models.Model):
    """One message to one channel. Its id goes with it, so that whoever gets it twice can tell."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="alerts", db_index=False)
    provider = models.TextField(help_text='"" for a test')
    event = models.TextField()
    detail = models.TextField()
    at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    trace_context = models.TextField(default="", db_default="", help_text="what its deliveries are a part of")

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="alert_waiting", condition=Q(state="queued")),
            models.Index(F("at").desc(), F("id").desc(), name="alert_newest"),
            models.Index(fields=["channel"], name="alert_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.provider} to {self.channel_id}"
