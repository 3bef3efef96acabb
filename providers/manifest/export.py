"""What is registered, as a file that changes nothing when it is applied. Secrets stay where they are."""

from functools import lru_cache
from typing import Any

import yaml

from providers.fields import Surface, fields_on
from providers.manifest.read import PROVIDERS
from providers.manifest.stages import export_stages
from providers.models import Provider

FIELDS = tuple(spec.name for spec in fields_on(Surface.CODE | Surface.READ))
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # ten times quicker, where libyaml is there
ONE_IS_KEPT = "      # secret: one is kept; it stays as it is unless this file gives `secret` or `secret_env`\n"


def export_manifest() -> str:
    """Every provider, by id, with all its fields, and every stage, by name."""
    return _providers() + _stages()


def _providers() -> str:
    providers = list(Provider.objects.order_by("pk"))
    if not providers:
        return f"plugins:\n  {PROVIDERS}: {{}}\n"
    return f"plugins:\n  {PROVIDERS}:\n" + "".join(map(_provider, providers))


def _stages() -> str:
    stages = export_stages()
    return "\n" + _indented({"stages": stages}, 0) if stages else ""


def _provider(provider: Provider) -> str:
    values = tuple(getattr(provider, name) for name in FIELDS)
    return _written(provider.pk, values) + (ONE_IS_KEPT if provider.secret_encrypted else "")


@lru_cache(maxsize=10_000)
def _written(provider_id: str, values: tuple[Any, ...]) -> str:
    """Remembered: writing YAML for a thousand takes a tenth of a second, and hardly any of them changes."""
    return _indented({provider_id: dict(zip(FIELDS, values, strict=True))}, 4)


def _indented(value: Any, width: int) -> str:
    text = yaml.dump(value, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=10_000)
    return "".join(" " * width + line for line in text.splitlines(keepends=True))
