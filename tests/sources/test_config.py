"""The file of a configuration: what it may say, and how its faults are told."""

import sys
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from larder_sources.config import ConfigRefused, Configured, read_config
from larder_sources.kinds import KindUnavailable, load_kind
from larder_sources.templates import Template, as_tag


def configured(tmp_path: Path, text: str, **environment: str) -> Configured:
    path = tmp_path / "config.yaml"
    path.write_text(dedent(text))
    return read_config(path, "handbook", environment=environment, state_dir=tmp_path)


def refusal(tmp_path: Path, text: str, **environment: str) -> str:
    with pytest.raises(ConfigRefused) as refused:
        configured(tmp_path, text, **environment)
    return str(refused.value).replace(str(tmp_path), "")


def test_a_source_is_read_with_its_options(tmp_path: Path) -> None:
    found = configured(
        tmp_path,
        """
        sources:
          handbook:
            kind: folder
            path: /srv/handbook
            tags: [handbook, "area:{{ folder | tag }}"]
            ttl: 30d
        """,
    )
    assert found.options.ttl == timedelta(days=30)
    assert [each.text for each in found.options.tags] == ["handbook", "area:{{ folder | tag }}"]


def test_variables_come_out_of_the_environment_and_are_kept_out_of_what_is_compared(tmp_path: Path) -> None:
    text = """
        sources:
          handbook: {kind: folder, path: "${PLACE}/handbook", link: "$${NOT}"}
        """
    found = configured(tmp_path, text, PLACE="/srv")
    assert (str(found.options.path), found.options.link.text) == ("/srv/handbook", "${NOT}")  # type: ignore[attr-defined]
    assert found.raw["path"] == "${PLACE}/handbook"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind: folder", ": it has to hold `sources:` with the name of each source below it"),
        ("sources: {hendbook: {}}", ": there is no source 'handbook'; did you mean 'hendbook'?"),
        ("sources: {handbook: 4}", ":1: handbook needs a `kind`: "),
        ("sources:\n  handbook:\n    kind: foldr\n", ":3: there is no kind of source 'foldr'; did you mean 'folder'?"),
        ("sources:\n  handbook:\n    kind: folder\n", ":2: path: Field required"),
        (
            "sources:\n  handbook:\n    kind: folder\n    path: /srv\n    taggs: [a]\n",
            ":5: there is no option 'taggs'; did you mean 'tags'?",
        ),
        (
            "sources:\n  handbook:\n    kind: folder\n    path: /srv\n    ttl: 30 fortnights\n",
            ":5: ttl: '30 fortnights' is no duration; write 90s, 15m, 12h, 30d or 2w",
        ),
        (
            "sources:\n  handbook:\n    kind: folder\n    path: /srv\n    tags: ['{{ foldr }}']\n",
            ":2: tags: there is no value 'foldr'; did you mean 'folder'?",
        ),
        (
            "sources:\n  handbook:\n    kind: folder\n    path: /srv\n    id: '{{ key'\n",
            ":5: id: the template cannot be read: ",
        ),
        (
            "sources:\n  handbook:\n    kind: folder\n    path: ${PLACE}\n",
            ":4: the variable PLACE is not set in the environment",
        ),
        ("sources:\n  handbook: {kind: folder}\n  handbook: {}\n", ":3: 'handbook' stands twice"),
        ("sources:\n  handbook:\n    kind: [folder]\n", ":3: there is no kind of source \"['folder']\""),
        ("sources: &a\n  handbook: *a\n", ": it is too deep, or an alias of it stands within itself"),
        ("sources:\n  handbook: {kind: folder, path: '~none-of-us/a'}\n", ":2: path: ~none-of-us is nobody's home"),
        ('sources:\n  handbook: {kind: folder, path: "/srv/\\0a"}\n', ":2: path holds a NUL character"),
        (
            "sources:\n  handbook:\n    kind: folder\n    path: ${PLA-CE}\n",
            ":4: ${PLA-CE} names no variable; ${ itself is written $${",
        ),
        ("sources:\n\thandbook: {}\n", ":2: found character '\\t' that cannot start any token"),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_nearest_name(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(tmp_path, text)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = "sources:\n  handbook:\n    kind: folder\n    ttl: ever\n    delete_percent: 200\n"
    assert len(refusal(tmp_path, text).splitlines()) == 3


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigRefused, match="No such file"):
        read_config(tmp_path / "none.yaml", "handbook", environment={}, state_dir=tmp_path)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Über uns / 2024", "uber_uns_2024"),
        ("team:Riga", "team:riga"),
        ("HR", "hr"),
        ("—", ""),
        ("q3-2024 ", "q3-2024"),
    ],
)
def test_any_text_makes_a_tag(text: str, tag: str) -> None:
    assert as_tag(text) == tag


def test_templates_show_lists_with_commas_and_nothing_for_what_is_not_there() -> None:
    values = {"front": {"tags": ["a", "b"], "none": None}}
    assert Template("{{ front.tags }}|{{ front.none }}|{{ front.team.name }}").render(values) == "a, b||"


def test_templates_reach_nothing_but_their_values() -> None:
    reached = "{{ ''.__class__.__mro__ }}{{ ''.__class__ }}{{ self.__init__.__globals__ }}"
    assert Template(reached).render({}) == ""


def test_a_kind_without_its_packages_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "larder_sources.kinds.feed", raising=False)
    monkeypatch.setitem(sys.modules, "feedparser", None)
    with pytest.raises(KindUnavailable, match=r"needs feedparser: pip install 'larder-sources\[feed\]'"):
        load_kind("feed")
