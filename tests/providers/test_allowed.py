"""The operator's list: it narrows where providers and webhooks may be, and opens nothing that is never called."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from providers.alerts.saving import create_channel
from providers.doctor import examine
from providers.doctor.answers import tell_policy
from providers.errors import ChannelInvalid, OutboundRefused, ProviderInvalid
from providers.models import Provider, RunState, SyncRun
from providers.outbound.addresses import Allowed, Policy
from providers.outbound.http import judge
from providers.runs.sync import run_sync
from tests.providers.calling import fetch
from tests.providers.conftest import NOON
from tests.providers.scripted import provider, script_of

LIST = Allowed(networks=(ip_network("10.20.0.0/16"), ip_network("fd12::/16")), hosts=("hooks.test", ".corp.test"))


@pytest.fixture
def only_ten(settings: Any) -> None:
    settings.PROVIDER_ALLOWED_NETWORKS = [ip_network("10.20.0.0/16")]


@pytest.mark.parametrize(
    ("host", "address", "allows"),
    [
        ("wiki", "10.20.3.4", True),
        ("wiki", "10.21.3.4", False),
        ("wiki", "fd12::7", True),
        ("wiki", "::ffff:10.20.3.4", True),
        ("wiki", "64:ff9b::a15:304", False),
        ("hooks.test", "8.8.8.8", True),
        ("HOOKS.test.", "8.8.8.8", True),
        ("sub.hooks.test", "8.8.8.8", False),
        ("wiki.corp.test", "8.8.8.8", True),
        ("corp.test", "8.8.8.8", False),
        ("evilcorp.test", "8.8.8.8", False),
    ],
)
def test_a_place_is_allowed_by_its_name_or_by_its_address(host: str, address: str, allows: bool) -> None:
    assert LIST.allows(host, address) is allows


def test_a_list_that_names_nothing_allows_everything() -> None:
    assert Allowed().allows("wiki", "8.8.8.8")


def test_an_allowed_name_does_not_open_a_metadata_service(settings: Any) -> None:
    settings.PROVIDER_ALLOWED_HOSTS = ["wiki.test"]
    assert "link-local" in str(judge("wiki.test", "169.254.169.254", Policy.PROVIDER))
    assert judge("wiki.test", "10.0.0.1", Policy.PROVIDER) is None
    assert judge("user.test", "8.8.8.8", Policy.PUBLIC) is None


@pytest.mark.usefixtures("only_ten")
def test_a_name_that_leads_elsewhere_is_refused_without_a_connection() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with provider(script_of(200)) as served:
        with pytest.raises(OutboundRefused, match="the operator allows") as refused:
            fetch(served.url.replace("127.0.0.1", "wiki.test"), resolve=resolve)
        assert served.asked == []
    assert refused.value.code == "address_refused"


@pytest.mark.usefixtures("only_ten")
@pytest.mark.django_db
def test_an_address_outside_is_refused_where_it_is_saved(make: Callable[..., Provider]) -> None:
    make(url="http://10.20.0.9:8000")
    with pytest.raises(ProviderInvalid, match="the operator allows"):
        make("other", url="http://10.21.0.9:8000")
    with pytest.raises(ChannelInvalid, match="the operator allows"):
        create_channel(now=NOON, name="ops", kind="webhook", url="http://127.0.0.1:1")


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_set_later_stops_the_next_sync(queued: Callable[..., SyncRun], settings: Any) -> None:
    with provider(script_of(200)) as served:
        run = queued(served.url, secret="s3cret")
        settings.PROVIDER_ALLOWED_HOSTS = ["wiki.test"]
        run_sync(run.pk)
        assert served.asked == []
    run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.FAILED, "url_refused")


@pytest.mark.django_db
def test_the_doctor_says_what_the_list_does(make: Callable[..., Provider], settings: Any) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["10.9.9.9"]

    made = make(url="http://wiki.test:1")
    settings.PROVIDER_ALLOWED_HOSTS = ["other.test"]
    last = examine(made, now=NOON, resolve=resolve)[-1]
    assert (last.name, last.state) == ("policy", "bad")
    assert "PROVIDER_ALLOWED_NETWORKS" in last.fix
    settings.PROVIDER_ALLOWED_NETWORKS = [ip_network("10.9.0.0/16")]
    assert tell_policy(made.url, ["10.9.9.9"]).detail == "The operator's list allows it."


def test_networks_are_read_and_what_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVIDER_ALLOWED_NETWORKS", "10.20.0.0/16, 192.168.7.9")
    assert [str(each) for each in env.read().PROVIDER_ALLOWED_NETWORKS] == ["10.20.0.0/16", "192.168.7.9/32"]
    monkeypatch.setenv("PROVIDER_ALLOWED_NETWORKS", "10.20.0.1/16")
    with pytest.raises(ImproperlyConfigured, match=r"PROVIDER_ALLOWED_NETWORKS holds networks like 10\.20\.0\.0/16"):
        env.read()
