"""How often somebody tried to sign in."""

from django.db import models


class Allowance(models.Model):
    """Attempts left to a name or an address, as one instant: when the whole allowance will be there again."""

    name = models.TextField(primary_key=True, help_text="a digest; what people type is not kept")
    full_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["full_at"], name="allowance_full_at")]

    def __str__(self) -> str:
        return self.name
