"""Registries: what lies in a folder is found, and a file that is no entry ends the start with a sentence."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from core.registry import Misregistered, Registry, nearest
from knowledge.embedding.embedders import BACKENDS, misspelled_backend
from tests import ROOT

HEAD = "from knowledge.embedding.embedders import Backend\n"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Registry[Any]]:
    """Of a package with these files, their text by their name."""

    def make(**files: str) -> Registry[Any]:
        package = f"entries_of_{tmp_path.name}"
        (tmp_path / package).mkdir()
        for name, text in {"__init__": "", **files}.items():
            (tmp_path / package / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        return Registry(package, "ENTRY", noun="embedding backend")

    return make


def test_a_file_is_an_entry_under_its_name(registry: Callable[..., Registry[Any]]) -> None:
    found = registry(
        two=f"{HEAD}ENTRY = Backend(name='two', make=str)", one=f"{HEAD}ENTRY = Backend(name='one', make=int)"
    )
    assert list(found) == ["one", "two"]
    assert found["two"].make is str


def test_a_folder_within_only_keeps_files_apart(registry: Callable[..., Registry[Any]], tmp_path: Path) -> None:
    found = registry(one=f"{HEAD}ENTRY = Backend(name='one', make=int)")
    inner = tmp_path / found.package / "inner"
    inner.mkdir()
    (inner / "__init__.py").write_text("")
    (inner / "two.py").write_text(f"{HEAD}ENTRY = Backend(name='two', make=str)")
    assert list(found) == ["one", "two"]
    assert found["two"].make is str


def test_names_are_known_before_a_file_is_imported(registry: Callable[..., Registry[Any]]) -> None:
    found = registry(one="raise RuntimeError('imported')")
    assert found.names == ("one",)
    assert "one" in found
    assert "two" not in found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"one\.py is no embedding backend: it has no ENTRY\."),
        (f"{HEAD}ENTRY = Backend(name='one')", r"one\.py is no embedding backend: .* argument: 'make'\."),
        (f"{HEAD}ENTRY = Backend(name='won', make=str)", r"one\.py calls its embedding backend 'won', not as the file"),
    ],
)
def test_a_file_that_lacks_something_is_named_in_a_sentence(
    registry: Callable[..., Registry[Any]], text: str, sentence: str
) -> None:
    with pytest.raises(Misregistered, match=sentence):
        registry(one=text).import_all()


def test_an_unknown_name_is_told_the_nearest(registry: Callable[..., Registry[Any]]) -> None:
    found = registry(webhook="", email="")
    assert found.missing("emial") == (
        "There is no embedding backend 'emial'. Did you mean email? There are: email, webhook."
    )
    assert found.missing("pigeon") == "There is no embedding backend 'pigeon'. There are: email, webhook."


@pytest.mark.parametrize(("name", "meant"), [("Webhook", "webhook"), ("mail", "email"), ("", ""), ("pigeon", "")])
def test_the_nearest_name_is_one_that_looks_alike(name: str, meant: str) -> None:
    assert nearest(name, ("email", "webhook")) == meant


# --- backends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("opnai:text-embedding-3", "openai"),
        ("openia:text-embedding-3", "openai"),
        ("OpenAI:text-embedding-3", "openai"),
        ("openaii:x", "openai"),
        ("lcoal:all-MiniLM-L6-v2", "local"),
        ("olama:bge-m3:567m", "ollama"),
    ],
)
def test_a_backend_that_is_a_slip_away_is_named(name: str, meant: str) -> None:
    assert misspelled_backend(name) == meant


@pytest.mark.parametrize(
    "name",
    [
        "bge-m3",
        "bge-m3:latest",
        "hf.co/user/model:Q4",
        "models.example:5000/bge-m3:567m",
        "llama3:8b",
        "openai:text-embedding-3",
        "ollama:bge-m3:567m",
        "openai",
        ":latest",
        "",
    ],
)
def test_what_is_no_slip_is_left_to_ollama(name: str) -> None:
    assert misspelled_backend(name) == ""


def test_reading_the_backends_names_imports_no_library() -> None:
    read = "import sys; from knowledge.embedding.embedders import BACKENDS, misspelled_backend as told; told('x:y'); "
    told = subprocess.run(
        [sys.executable, "-c", f"{read} print(*BACKENDS.names, *{{'numpy', 'httpx', 'django'}} & set(sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert tuple(told.stdout.split()) == BACKENDS.names


def test_importing_every_backend_imports_no_library_of_a_model() -> None:
    read = "import sys; from knowledge.embedding.embedders import BACKENDS; BACKENDS.import_all(); "
    told = subprocess.run(
        [sys.executable, "-c", f"{read} print('onnxruntime' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout.strip() == "False"


def test_a_misspelled_backend_ends_the_start_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDING_MODEL", "opnai:text-embedding-3")
    with pytest.raises(ImproperlyConfigured, match=r"Did you mean openai:text-embedding-3\?"):
        env.read()


@pytest.mark.parametrize("name", BACKENDS)
def test_the_settings_take_every_backend(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    model = f"{name}:{next(iter(BACKENDS[name].models or ('any',)))}"
    monkeypatch.setenv("EMBEDDING_MODEL", model)
    assert env.read().embedding_model == model


@pytest.mark.parametrize("name", ["bge-m3:latest", "hf.co/user/model:Q4"])
def test_a_name_with_a_colon_of_its_own_is_a_model_of_ollama(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("EMBEDDING_MODEL", name)
    assert env.read().embedding_model == f"ollama:{name}"


@pytest.mark.parametrize("name", BACKENDS)
def test_every_backend_stands_where_people_choose_one(name: str) -> None:
    assert f"{name}:" in (ROOT / "docs" / "how-to" / "change-the-embedding-model.md").read_text()
    assert name in (ROOT / ".env.example").read_text().casefold()


@pytest.mark.parametrize("name", sorted(set(BACKENDS) - {"ollama"}))
def test_docker_compose_pulls_no_model_of_another_backend(name: str) -> None:
    [case] = re.findall(r'case "\$\$EMBEDDING_MODEL" in (.*)\) wanted=""', (ROOT / "docker-compose.yml").read_text())
    assert f"{name}:*" in case
