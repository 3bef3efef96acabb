"""A directory as a source, of a real slapd."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused
from larder_sources.syncing import NothingReadable

from tests.sources.conftest import Keeper
from tests.sources.ldap_server import ADMIN, FEW, PASSWORD, LdapServer, ldap_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LdapServer]:
    with ldap_server(tmp_path_factory.mktemp("slapd")) as made:
        yield made


@pytest.fixture
def unit(server: LdapServer, request: pytest.FixtureRequest) -> str:
    made = server.make_unit(request.node.name.replace("[", "-").replace("]", "")[:60])
    server.add("ann", "bob", "cyd", unit=made, mail="a@example.com")
    return made


@pytest.fixture
def people(tmp_path: Path, server: LdapServer, unit: str) -> Keeper:
    bind = {"bind_dn": ADMIN, "password": "${SECRET}", "ca_file": str(server.certificate)}
    found = {"base": unit, "filter": "(objectClass=person)", "attributes": ["cn", "mail", "telephoneNumber"]}
    options = {"kind": "ldap", "url": server.url, "id": "{{ dn.split(',')[0] }}", **bind, **found}
    return Keeper(folder=tmp_path, options=options, environment={"SECRET": PASSWORD})


def test_changes_alone_are_pushed_and_what_is_gone_is_deleted(people: Keeper, server: LdapServer, unit: str) -> None:
    first, unchanged = people.sync(), people.sync()
    server.change("ann", unit=unit, telephoneNumber=["2", "1"])
    server.add("dan", unit=unit)
    server.admin.delete(f"uid=bob,{unit}")
    second = people.sync()
    assert (first.full, first.pushed) == (True, 3)
    assert (unchanged.full, unchanged.pushed) == (False, 0)
    assert (second.full, second.pushed, second.deleted) == (False, 2, 1)
    assert people.ids() == ["uid=ann", "uid=cyd", "uid=dan"]
    ann = people.documents()["uid=ann"]
    assert ann.content == "cn: Ann\nmail: a@example.com\ntelephoneNumber: 1, 2"
    assert (ann.metadata["dn"], ann.updated_at is not None) == (f"uid=ann,{unit}", True)


def test_only_what_was_stamped_since_is_read_again(people: Keeper, server: LdapServer, unit: str) -> None:
    people.sync()
    assert people.state["source"]["since"]
    people.state["source"]["since"] = "2999-01-01T00:00:00+00:00"
    server.change("ann", unit=unit, telephoneNumber=["1"])
    synced = people.sync()
    assert (synced.pushed, synced.unchanged) == (0, 0)


def test_an_entry_that_was_renamed_is_the_same_one(people: Keeper, server: LdapServer, unit: str) -> None:
    people.options["id"] = "{{ key }}"
    people.sync()
    before = people.ids()
    server.admin.modify_dn(f"uid=ann,{unit}", "uid=anna")
    assert (people.sync().pushed, people.ids()) == (1, before)
    assert f"uid=anna,{unit}" in [each.metadata["dn"] for each in people.documents().values()]


def test_an_entry_that_the_filter_fits_no_more_is_gone(people: Keeper, server: LdapServer, unit: str) -> None:
    people.options["filter"] = "(mail=*)"
    people.sync()
    server.change("ann", unit=unit, mail=[])
    assert people.sync().deleted == 1
    assert people.ids() == ["uid=bob", "uid=cyd"]


def test_a_search_of_several_pages_is_read_to_its_end(
    people: Keeper, server: LdapServer, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("larder_sources.transport.directory.PAGE", 4)
    server.add(*(f"p{number}" for number in range(8)), unit=unit)
    assert people.sync().pushed == 11
    assert people.sync().deleted == 0


def test_a_server_that_sends_fewer_than_there_are_deletes_nothing(
    people: Keeper, server: LdapServer, unit: str
) -> None:
    people.sync()
    people.options |= {"bind_dn": "", "password": ""}
    server.add(*(f"p{number}" for number in range(FEW)), unit=unit)
    with pytest.raises(SourceUnavailable, match=r"the search ended early \(sizeLimitExceeded\); raise"):
        people.sync()
    assert len(people.ids()) == 3


def test_several_values_pictures_and_templates(people: Keeper, server: LdapServer, unit: str) -> None:
    server.change("ann", unit=unit, jpegPhoto=[b"\xff\xd8\xff\xe0"], ou=["Sales", "IT"])
    people.options |= {
        "filter": "(uid=ann)",
        "attributes": ["cn", "ou", "jpegPhoto"],
        "content": "{{ cn }} works in {{ ou }}{{ jpegPhoto }}",
        "tags": ["{{ entry.ou | join(',') }}"],
    }
    people.sync()
    (ann,) = people.documents().values()
    assert (ann.content, sorted(ann.tags)) == ("Ann works in IT, Sales", ["it", "sales"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong"}, f"does not take the password of {ADMIN}"),
        ({"base": "ou=none,dc=example,dc=com"}, "has no entry 'ou=none,dc=example,dc=com'"),
        ({"base": "nonsense"}, "invalidDNSyntax"),
        ({"url": "ldap://127.0.0.1:9"}, "ldap://127.0.0.1:9 cannot be asked"),
        ({"ca_file": None}, "cannot be asked: .*certificate"),
    ],
)
def test_what_is_wrong_is_told_by_its_name(people: Keeper, change: dict[str, Any], told: str) -> None:
    people.sync()
    people.options |= change
    with pytest.raises(SourceUnavailable, match=told):
        people.configured().source.check()
    with pytest.raises(SourceUnavailable, match=told):
        people.sync()
    assert len(people.ids()) == 3


def test_a_key_that_no_entry_shows_is_told(people: Keeper) -> None:
    people.options["key_attribute"] = "objectGUID"
    with pytest.raises(NothingReadable, match="it shows no objectGUID"):
        people.sync()


def test_check_says_how_many_entries_there_are(people: Keeper, server: LdapServer, unit: str) -> None:
    assert people.configured().source.check() == f"3 entries below {unit} of {server.url}"


def test_the_password_stands_nowhere(people: Keeper, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    people.sync()
    assert not any(PASSWORD.encode() in path.read_bytes() for path in people.folder.rglob("*") if path.is_file())
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "ldap.example.com"}, "url: it is no address such as ldaps://ldap.example.com"),
        ({"filter": "objectClass=person"}, "filter: it is no filter of LDAP: invalid filter"),
        ({"bind_dn": ADMIN}, "bind_dn and password belong together"),
        ({"content": "{{ emial }}"}, "content: there is no value 'emial'; did you mean 'mail'?"),
        ({"attributes": []}, "attributes: "),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    given = {"kind": "ldap", "url": "ldaps://ldap.example.com", "base": "dc=example", "attributes": ["mail"]}
    with pytest.raises(ConfigRefused, match=told.replace("?", r"\?")):
        Keeper(folder=tmp_path, options={**given, **options}).configured()
