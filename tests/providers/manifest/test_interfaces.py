"""Files by command and by API, and the one in the documentation."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from providers.manifest import apply_manifest, export_manifest, read_manifest
from providers.manifest.read import DECLARED
from providers.models import Provider
from tests import REFERENCE
from tests.conftest import Api
from tests.providers.conftest import NOON
from tests.providers.manifest.files import FILE, one

pytestmark = pytest.mark.django_db


def run_command(*arguments: str) -> str:
    out = StringIO()
    call_command("apply", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_shows_the_difference_and_makes_it_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "larder.yaml"
    file.write_text(FILE)
    monkeypatch.setenv("WIKI_SECRET", "s3cret")
    assert "2 would change" in run_command(str(file), "--dry-run")
    assert not Provider.objects.exists()
    said = run_command(str(file))
    assert "+ provider wiki\n    name: wiki\n" in said
    assert "s3cret" not in said
    out = StringIO()
    call_command("export_config", stdout=out)
    assert out.getvalue() == export_manifest()


def test_the_command_refuses_with_every_line(tmp_path: Path) -> None:
    file = tmp_path / "larder.yaml"
    file.write_text(one("url: 1\nenabled: 2"))
    with pytest.raises(CommandError, match=r"nothing was changed:\nLine 4: .*\nLine 5: "):
        run_command(str(file))
    file.write_bytes(b"plugins:\n  \xff")
    with pytest.raises(CommandError, match="Line 2: this is no UTF-8"):
        run_command(str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        run_command(str(tmp_path / "nowhere"))


def post(api: Api, text: str, query: str = "") -> Any:
    return api.client.post(f"/api/v1/manifest{query}", data=text, content_type="application/yaml", headers=api.headers)


def test_the_api_applies_a_file_and_gives_one_back(api: Callable[..., Api]) -> None:
    admin = api("admin")
    text = FILE.replace("      secret_env: WIKI_SECRET\n", "")
    assert post(admin, text, "?dry_run=true").json()["applied"] is False
    answer = post(admin, text).json()
    assert [change["verb"] for change in answer["changes"]] == ["create", "create"]
    assert admin("get", "/api/v1/manifest").content.decode() == export_manifest()
    refused = post(admin, FILE)
    assert (refused.status_code, refused.json()["code"], refused.json()["line"]) == (422, "invalid_manifest", 8)
    assert "manage.py apply" in refused.json()["detail"]
    assert post(api("provider", "wiki"), text).status_code == 403


def test_the_documented_example_can_be_applied() -> None:
    page = (REFERENCE / "larder.yaml.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    plan = apply_manifest(read_manifest(example), environment=lambda name: "s3cret", now=NOON)
    assert [change.id for change in plan.changes] == ["employee-dir", "policies", "triage"]
    for name in DECLARED:
        assert f"`{name}`" in page
