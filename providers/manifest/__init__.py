"""`larder.yaml`: providers and stages as code; read or refused whole, compared field by field, applied at once."""

from providers.manifest.changes import Change
from providers.manifest.export import export_manifest
from providers.manifest.plan import Plan, apply_manifest, plan_manifest
from providers.manifest.read import Manifest, read_manifest

__all__ = [
    "Change",
    "Manifest",
    "Plan",
    "apply_manifest",
    "export_manifest",
    "plan_manifest",
    "read_manifest",
]
