"""`larder.yaml`: providers and stages as code; read or refused whole, compared field by field, applied at once."""

from providers.manifest.changes import ManifestChange
from providers.manifest.export import export_manifest
from providers.manifest.plan import ManifestPlan, apply_manifest, plan_manifest
from providers.manifest.read import Manifest, read_manifest

__all__ = [
    "Manifest",
    "ManifestChange",
    "ManifestPlan",
    "apply_manifest",
    "export_manifest",
    "plan_manifest",
    "read_manifest",
]
