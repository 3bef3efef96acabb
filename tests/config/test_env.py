"""Settings and their bounds, read as a process that starts reads them, and what is said where one is wrong."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config import checks, env
from config.env.kinds import declared
from config.env.names import misspelt
from config.env.variables import Environment
from core.slips import edits
from knowledge.embedding import vector_space
from knowledge.embedding.embedders import embedder_for
from tests import REFERENCE, ROOT
from tests.config.environments import FOREIGN

NAMES = ("CHUNK_CHARS", "CHUNK_OVERLAP", "MAX_FILING_BYTES")
MIB = 1024 * 1024
KEY = Fernet.generate_key().decode()


def read_settings(names: Iterable[str], given: Mapping[str, str], data_dir: Path) -> list[int]:
    """As they are where the environment says of them what is given, and nothing else."""
    read = f"from config import settings; print(*(getattr(settings, name) for name in {list(names)}))"
    others = {name: value for name, value in os.environ.items() if name not in names}
    environment = {**others, "LARDER_DATA_DIR": str(data_dir), **given}
    told = subprocess.run([sys.executable, "-c", read], cwd=ROOT, env=environment, capture_output=True, check=True)
    return list(map(int, told.stdout.split()))


def refusal(monkeypatch: pytest.MonkeyPatch, **given: str) -> str:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.read()
    return str(refused.value)


def said_of_it() -> str:
    try:
        env.read()
    except ImproperlyConfigured as refused:
        return str(refused)
    return "nothing"


@pytest.mark.parametrize(("given", "kept"), [("0", [200, 0, 1_024]), ("999999999", [50_000, 10_000, 100 * MIB])])
def test_what_is_uploaded_is_cut_and_limited_within_bounds(given: str, kept: list[int], tmp_path: Path) -> None:
    assert read_settings(NAMES, dict.fromkeys(NAMES, given), tmp_path) == kept


def test_every_limit_has_the_default_that_is_documented(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([\d,]+)[ a-z]* \|", (REFERENCE / "limits.md").read_text(), re.MULTILINE)
    documented = {name: int(default.replace(",", "")) for name, default in rows}
    assert {"MAX_BATCH", "MAX_UPLOAD_BYTES", *NAMES} < set(documented)
    assert read_settings(documented, {}, tmp_path) == list(documented.values())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "mysql://h/x", "must begin with postgresql://, not 'mysql://'"),
        ("DATABASE_URL", "larder", "must begin with postgresql://, not without a scheme"),
        ("DATABASE_URL", "postgresql://h:abc/x", "its host or port is wrong"),
        ("DATABASE_URL", "postgresql://[::1/x", "its host or port is wrong"),
        ("DATABASE_URL", "postgresql://h/x?nonsense=1", "nonsense"),
        ("REDIS_URL", "http://h", "must begin with redis://"),
        ("REDIS_URL", "redis://h:99999", "Write it like redis://localhost:6379/0"),
        ("REDIS_URL", "redis://h/zero", "number of a database"),
        ("LARDER_DATA_DIR", "~nobody-has-this-name/x", "home directory that nobody has"),
        ("EMBEDDING_MODEL", "opnai:text-embedding-3-small", "Did you mean openai:text-embedding-3-small?"),
        ("OLLAMA_URL", "localhost:11434", "must begin with http://"),
        ("OLLAMA_URL", "http://", "names no host"),
        ("OPENAI_BASE_URL", "http://[::1", "names no host"),
        ("RERANK_URL", f"http://{'r' * 64}.example", "names no host"),
        ("QDRANT_URL", "http://qdrant:65536", "names no host"),
        ("PUBLIC_URL", "https://larder.example.com:web", "names no host"),
        ("OPENAI_API_KEY", "schlüssel", "no header can carry"),
        ("SEARCH_LANGUAGE", "englich", "Did you mean english?"),
        ("WEB_WORKERS", "0", "at least 1, not '0'"),
        ("ALLOWED_HOSTS", "larder.example.com:8000", "without scheme, port and path"),
        ("ALLOWED_HOSTS", "https://larder.example.com", "without scheme, port and path"),
        ("CSRF_TRUSTED_ORIGINS", "larder.example.com", "with their scheme"),
        ("SECURE_COOKIES", "maybe", "must be true or false, not 'maybe'"),
        ("SESSION_HOURS", "9" * 5_000, "at most 8,760,000"),
        ("LOG_LEVEL", "debugg", "Did you mean DEBUG?"),
        ("METRICS_TOKEN", "let\nme", "no header can carry"),
        ("PUBLIC_URL", "larder.example.com", "must begin with http://"),
        ("EMAIL_HOST", "mail.example.com:587", "its port stands in EMAIL_PORT"),
        ("EMAIL_PORT", "65536", "at most 65,535"),
        ("EMAIL_FROM", "Larder", "an address like larder@example.com"),
        ("MAX_BATCH", "1_000", "at least 1, not '1_000'"),
        ("MAX_BATCH", "१००", "at least 1"),
        ("CHUNK_CHARS", "-1", "at least 0, not '-1'"),
        ("TRASH_DAYS", "400000", "at most 365,000"),
        ("PASSAGE_OVERLAP", "2000", "must be less than PASSAGE_CHARS, and is 2000 of 2000"),
        ("PROVIDER_ALLOWED_NETWORKS", "10.20.0.1/16", "networks like 10.20.0.0/16"),
        ("PROVIDER_ALLOWED_HOSTS", "*.corp.example", ".corp.example for all below it"),
    ],
)
def test_a_value_that_is_not_acceptable_is_told_with_what_would_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    told = refusal(monkeypatch, **{name: value})
    assert told.startswith(f"{name} ")
    assert said in told
    assert len(told) < 500


def test_whatever_stands_in_a_variable_nothing_but_a_sentence_comes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Environment.model_fields:
        for value in ("x", "-1", "½", "://", "a:b:c", "[", "tcp://10.0.0.1:80", "%", "9" * 30, "~", "a,,b", "\x7f"):
            with monkeypatch.context() as patch:
                patch.setenv(name, value)
                assert said_of_it().startswith((name, "PASSAGE_OVERLAP", "nothing")), (name, value)


def test_every_wrong_variable_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(monkeypatch, LOG_FORMAT="xml", MAX_BATCH="many", THROTTLE_RATE="often").splitlines()
    assert sorted(line.partition(" ")[0] for line in told) == ["LOG_FORMAT", "MAX_BATCH", "THROTTLE_RATE"]


def test_two_kinds_of_tls_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Set one of them to false" in refusal(monkeypatch, EMAIL_USE_TLS="true", EMAIL_USE_SSL="true")


@pytest.mark.parametrize("others", [[], [KEY], [KEY, KEY]])
def test_an_unusable_key_is_named_by_its_position_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, others: list[str]
) -> None:
    for wrong in ("hunter2", KEY[:-4], KEY[4:], "schlüssel"):
        told = refusal(monkeypatch, SECRETS_KEYS=",".join([*others, wrong]))
        assert told.startswith(f"SECRETS_KEYS holds no usable key at position {len(others) + 1} of {len(others) + 1}.")
        assert wrong not in told


def test_no_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        for rest in ("h:abc/0", "[::1/0", "h:1/x/y?a=b"):
            for scheme in ("http://", "postgresql://", "redis://", ""):
                with monkeypatch.context() as patch:
                    patch.setenv(name, f"{scheme}larder:hunter2@{rest}")
                    with pytest.raises(ImproperlyConfigured) as refused:
                        env.read()
                    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "model"),
    [
        ("", "local:all-MiniLM-L6-v2-int8"),
        ("local:all-MiniLM-L6-v2", "local:all-MiniLM-L6-v2"),
        ("openai:text-embedding-3-small", "openai:text-embedding-3-small"),
        ("ollama:bge-m3", "ollama:bge-m3"),
        ("bge-m3", "ollama:bge-m3"),
        ("bge-m3:latest", "ollama:bge-m3:latest"),
        ("qwen3-embedding:0.6b", "ollama:qwen3-embedding:0.6b"),
        ("hf.co/user/model:Q4", "ollama:hf.co/user/model:Q4"),
        ("llama3:8b", "ollama:llama3:8b"),
        ("llama:latest", "ollama:llama:latest"),
        ("codellama:7b", "ollama:codellama:7b"),
        ("olmo2:7b", "ollama:olmo2:7b"),
        ("openchat:7b", "ollama:openchat:7b"),
        ("ollama:opnai:x", "ollama:opnai:x"),
        ("locale", "ollama:locale"),
    ],
)
def test_a_model_is_its_backends_and_ollamas_where_it_names_none(
    monkeypatch: pytest.MonkeyPatch, given: str, model: str
) -> None:
    monkeypatch.delenv("OLLAMA_URL", raising=False)
    monkeypatch.setenv("EMBEDDING_MODEL", given)
    assert env.read().embedding_model == model


@pytest.mark.parametrize("slip", ["opnai", "OpenAI", "opena", "open-ai", "opneai", "olama", "olllama", "loacl", "locl"])
def test_a_slip_in_a_backends_name_is_refused(monkeypatch: pytest.MonkeyPatch, slip: str) -> None:
    assert "Did you mean o" in refusal(monkeypatch, EMBEDDING_MODEL=f"{slip}:x").replace("mean local", "mean o")


@pytest.mark.parametrize("name", ["local", "openai", "openai:", "ollama:"])
def test_a_backend_without_a_model_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert "and no model of it" in refusal(monkeypatch, EMBEDDING_MODEL=name)


@pytest.mark.parametrize("name", ["tei:m", "jina:BAAI/bge-reranker-v2-m3", "cohere:rerank-v3.5", "voyage:rerank-2.5"])
def test_a_reranker_is_named_with_its_kind(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("RERANK_MODEL", name)
    monkeypatch.setenv("RERANK_URL", "http://rerank:8080")
    assert name == env.read().RERANK_MODEL


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bge-reranker-base", "no kind of reranker that there is (cohere, jina, tei, voyage)"),
        ("jna:m", "Did you mean jina?"),
        ("tei", "names no model of tei"),
        ("tei:", "names no model of tei"),
        ("tei:m", "RERANK_URL must be set for RERANK_MODEL=tei:m"),
    ],
)
def test_a_reranker_that_nobody_can_ask_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    assert told in refusal(monkeypatch, RERANK_MODEL=name)


def test_a_local_model_that_does_not_exist_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(vector_space, "embedder_named", lambda name: embedder_for(name, settings))
    settings.EMBEDDING_MODEL = "local:nope"
    with pytest.raises(ImproperlyConfigured, match=r"named 'local:nope'.*Set EMBEDDING_MODEL"):
        checks.judge_settings()


def test_blanks_are_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Environment.model_fields:
        monkeypatch.setenv(name, "  ")
    assert env.read() == Environment.model_validate({})
    assert not env.read().embedding_model_is_chosen


def test_defaults_are_told_as_they_would_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = {"DATABASE_URL", "REDIS_URL", "LARDER_DATA_DIR"}
    told = {name: declared(field).default for name, field in Environment.model_fields.items() if name not in examples}
    plain = Environment.model_validate({})
    for name, default in told.items():
        if default:
            monkeypatch.setenv(name, default)
    assert {name: getattr(env.read(), name) for name in told} == {name: getattr(plain, name) for name in told}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("METRCS_TOKEN", "METRICS_TOKEN"),
        ("LARDER_METRICS_TOKEN", "METRICS_TOKEN"),
        ("EMBEDING_MODEL", "EMBEDDING_MODEL"),
        ("EMBEDING_MODLE", "EMBEDDING_MODEL"),
        ("TRASH_DAY", "TRASH_DAYS"),
        ("TRASHDAYS", "TRASH_DAYS"),
        ("trash_days", "TRASH_DAYS"),
        ("SECRET_KEYS", "SECRETS_KEYS"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("MAX_BTACH", "MAX_BATCH"),
        ("LARDER_DATADIR", "LARDER_DATA_DIR"),
    ],
)
def test_a_variable_that_is_almost_one_of_ours_is_doubted(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.delenv(meant, raising=False)
    if name == "SECRET_KEYS":
        monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setenv(name, "hunter2")
    assert f"{name} is set, and nothing reads it. Did you mean {meant}?" in checks.judge_settings()


def test_nobody_doubts_a_likeness_of_what_is_set() -> None:
    assert misspelt({"TRASH_DAY": "7", "TRASH_DAYS": "7"}, known=["TRASH_DAYS"]) == {}


def test_variables_of_other_programs_are_neither_doubted_nor_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(FOREIGN) >= 80
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    assert env.misspelt_names() == {}
    assert env.read().EMAIL_PORT == 25


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("local", "local", 0),
        ("loacl", "local", 1),
        ("locl", "local", 1),
        ("locaal", "local", 1),
        ("llama3", "ollama", 2),
    ],
)
def test_slips_are_counted(one: str, other: str, apart: int) -> None:
    assert edits(one, other) == edits(other, one) == apart


@pytest.mark.parametrize(("given", "read"), [("0", 0.0), ("1", 1.0), ("0.85", 0.85), (".5", 0.5)])
def test_a_share_is_a_number_from_0_to_1(monkeypatch: pytest.MonkeyPatch, given: str, read: float) -> None:
    monkeypatch.setenv("MEMORY_CONFIDENCE_FLOOR", given)
    found = env.read().MEMORY_CONFIDENCE_FLOOR
    assert found == read


@pytest.mark.parametrize("given", ["70", "1.01", "-0.1", "nan", "inf", "high"])
def test_what_is_no_share_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert "must be a number from 0 to 1, like 0.7" in refusal(monkeypatch, MEMORY_CONFIDENCE_FLOOR=given)
