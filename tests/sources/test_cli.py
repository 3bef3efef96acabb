"""The command `larder-source`."""

from pathlib import Path

import pytest
from larder_sources.cli import main

from tests.sources.test_syncing import many


@pytest.fixture
def config(tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("LARDER_URL", "LARDER_KEY", "LARDER_PROVIDER_SECRET"):
        monkeypatch.delenv(name, raising=False)
    many(files, 3)
    path = tmp_path / "sources.yaml"
    path.write_text(f"sources:\n  handbook: {{kind: folder, path: {files}}}\n  away: {{kind: folder, path: /none}}\n")
    return path


def test_check_reaches_the_source(config: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handbook", str(config), "--check"]) == 0
    assert capsys.readouterr().out == f"handbook: 3 files in {files}\n"


def test_check_says_what_cannot_be_reached(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["away", str(config), "--check"]) == 1
    assert capsys.readouterr().err == "away: There is no folder /none\n"


def test_a_name_that_is_not_there_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hand", str(config), "--check"]) == 2
    assert "there is no source 'hand'; did you mean 'handbook'?" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["LARDER_URL", "LARDER_KEY", "LARDER_PROVIDER_SECRET"])
def test_a_variable_that_is_missing_is_told_with_its_meaning(
    config: Path, missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in {"LARDER_URL", "LARDER_KEY", "LARDER_PROVIDER_SECRET"} - {missing}:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert main(["handbook", str(config)]) == 2
    assert capsys.readouterr().err.startswith(f"{missing} is not set. It is ")


def test_a_larder_that_is_away_is_told(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LARDER_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LARDER_KEY", "larder_key")
    assert main(["handbook", str(config), "--once", "--state-dir", str(tmp_path)]) == 1
    assert "Larder could not be reached" in capsys.readouterr().err
