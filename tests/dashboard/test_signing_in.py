"""How often somebody may fail to sign in, by name and by address; nothing tells whether a name exists."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, RateLimitState, User
from accounts.sign_in_limits import forget_rate_limits, forgive_attempts, refused_until, take_attempt

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def rates(settings: Any) -> None:
    settings.SIGN_IN_NAME_RATE, settings.SIGN_IN_ADDRESS_RATE = (3, 3_600), (5, 3_600)


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", password="a long password")


def attempt(client: Client, name: str = "ada", password: str = "wrong", *, address: str = "10.0.0.1") -> Any:
    return client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def test_after_too_many_failures_not_even_the_right_password_is_looked_at(client: Client, ada: User) -> None:
    assert [attempt(client).status_code for _ in range(3)] == [200, 200, 429]
    answer = attempt(client, password="a long password", address="10.0.0.2")
    assert answer.status_code == 429
    assert 1_171 <= int(answer["Retry-After"]) <= 1_200
    page = answer.content.decode()
    assert "Too many attempts failed" in page
    assert "in 20 min" in page
    assert 'value="ada"' in page


def test_a_name_that_nobody_bears_is_answered_in_the_same_words(client: Client, ada: User) -> None:
    answers = {name: [attempt(client, name).status_code for _ in range(3)] for name in ("ada",)}
    RateLimitState.objects.all().delete()
    answers["nobody"] = [attempt(client, "nobody").status_code for _ in range(3)]
    assert answers["ada"] == answers["nobody"] == [200, 200, 429]


def test_an_address_is_stopped_whatever_names_it_tries(client: Client, ada: User) -> None:
    statuses = [attempt(client, f"name{number}").status_code for number in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert attempt(client, password="a long password").status_code == 429
    assert attempt(client, password="a long password", address="10.0.0.2")["Location"] == "/"


def test_signing_in_makes_the_name_whole_and_gives_its_address_one_attempt_back(client: Client, ada: User) -> None:
    for _ in range(2):
        for _ in range(2):
            attempt(client)
        assert attempt(client, password="a long password").status_code == 302
        client.logout()
    assert attempt(client, "else").status_code == 429  # the fifth failure of this address


def test_each_lockout_leaves_one_entry_and_what_is_refused_none(client: Client, ada: User) -> None:
    for _ in range(8):
        attempt(client)
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", "actor", "address"))
    assert verbs == [
        ("session.failed", "ada", "10.0.0.1"),
        ("session.failed", "ada", "10.0.0.1"),
        ("session.failed", "ada", "10.0.0.1"),
        ("session.locked", "ada", "10.0.0.1"),
    ]
    assert "until" in AuditEntry.objects.latest("pk").after


def test_an_allowance_refills_evenly() -> None:
    assert [take_attempt("x", address="", now=NOW) for _ in range(3)] == [None] * 3
    retry_at = take_attempt("x", address="", now=NOW)
    assert retry_at == NOW + timedelta(minutes=20)
    assert refused_until("X ", address="", now=NOW) == retry_at
    assert take_attempt("x", address="", now=retry_at) is None
    assert take_attempt("x", address="", now=retry_at) == NOW + timedelta(minutes=40)


def test_a_refused_address_does_not_use_up_a_name() -> None:
    for number in range(5):
        take_attempt(f"n{number}", address="10.0.0.1", now=NOW)
    for _ in range(9):
        assert take_attempt("victim", address="10.0.0.1", now=NOW)
    assert take_attempt("victim", address="10.0.0.2", now=NOW) is None


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    for number in range(5):
        take_attempt(f"n{number}", address=f"2001:db8::{number}", now=NOW)
    assert take_attempt("x", address="2001:db8::ffff", now=NOW)
    assert take_attempt("x", address="2001:db8:0:1::1", now=NOW) is None


def test_switched_off_nobody_is_refused(settings: Any) -> None:
    settings.SIGN_IN_NAME_RATE = settings.SIGN_IN_ADDRESS_RATE = None
    assert [take_attempt("x", address="10.0.0.1", now=NOW) for _ in range(50)] == [None] * 50
    forgive_attempts("x", address="10.0.0.1")
    assert not RateLimitState.objects.exists()


def test_only_digests_are_kept_and_whole_allowances_go() -> None:
    take_attempt("my secret password", address="10.0.0.1", now=NOW)
    assert "secret" not in str(list(RateLimitState.objects.values_list("name")))
    assert forget_rate_limits(now=NOW) == 0
    assert forget_rate_limits(now=NOW + timedelta(hours=1)) == 2


def test_the_session_s_cookie_is_kept_from_scripts_and_other_sites(client: Client, ada: User) -> None:
    cookie = attempt(client, password="a long password").cookies["larder_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 168 * 3_600 - 10 <= cookie["max-age"] <= 168 * 3_600


def test_others_do_not_keep_out_who_signed_in_here_before(client: Client, ada: User) -> None:
    assert attempt(client, password="a long password").status_code == 302
    client.post("/logout/")
    other = Client()
    assert [attempt(other, address="10.0.0.9").status_code for _ in range(3)][-1] == 429
    assert attempt(Client(), password="a long password", address="10.0.0.2").status_code == 429
    assert attempt(client, password="a long password").status_code == 302


def test_a_known_browser_may_fail_no_more_often_than_others_and_leaves_their_allowance_alone(
    client: Client, ada: User
) -> None:
    attempt(client, password="a long password")
    client.post("/logout/")
    assert [attempt(client).status_code for _ in range(3)] == [200, 200, 429]
    assert attempt(client, password="a long password").status_code == 429
    assert attempt(Client(), password="a long password", address="10.0.0.2").status_code == 302


def test_a_browser_is_known_for_the_name_that_signed_in_with_it(client: Client, ada: User) -> None:
    User.objects.create_superuser("grace", password="another password")
    attempt(client, password="a long password")
    client.post("/logout/")
    for _ in range(3):
        attempt(Client(), "grace", address="10.0.0.9")
    assert attempt(client, "grace", "another password").status_code == 429


@pytest.mark.parametrize("forged", ["", "nonsense", "WyJhZGEiLCIxIl0:1abcde:forged"])
def test_a_cookie_that_larder_did_not_write_makes_nobody_known(client: Client, ada: User, forged: str) -> None:
    for _ in range(3):
        attempt(Client(), address="10.0.0.9")
    client.cookies["larder_device"] = forged
    assert attempt(client, password="a long password").status_code == 429


def test_the_device_s_cookie_is_kept_from_scripts_and_sent_to_the_sign_in_only(client: Client, ada: User) -> None:
    cookie = attempt(client, password="a long password").cookies["larder_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/login/")


def change(client: Client, old: str) -> Any:
    new = "quite another password"
    return client.post("/account/", {"old_password": old, "new_password1": new, "new_password2": new})


def test_the_present_password_is_guessed_no_more_often_than_at_the_door(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert [change(client, "wrong").status_code for _ in range(4)] == [422, 422, 422, 429]
    answer = change(client, "a long password")
    assert answer.status_code == 429
    assert 1_171 <= int(answer["Retry-After"]) <= 1_200
    assert "Too many attempts failed" in answer.content.decode()
    assert AuditEntry.objects.filter(verb="session.locked", actor="ada").count() == 1
    assert attempt(Client(), password="a long password").status_code == 302


def test_every_present_password_that_was_wrong_is_in_the_audit(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert change(client, "wrong").status_code == 422
    client.post("/account/", {"old_password": "a long password", "new_password1": "one", "new_password2": "another"})
    entry = AuditEntry.objects.get(verb="session.failed")
    assert (entry.actor, entry.object, entry.address) == ("ada", "ada", "127.0.0.1")
    assert "wrong" not in str(vars(entry))


def test_attempts_at_the_door_do_not_keep_anybody_from_a_new_password(client: Client, ada: User) -> None:
    client.force_login(ada)
    for _ in range(3):
        attempt(Client(), address="10.0.0.9")
    assert [change(client, "wrong").status_code for _ in range(2)] == [422, 422]
    assert change(client, "a long password").status_code == 302
    assert change(client, "wrong").status_code == 422


def test_a_clock_that_is_set_back_locks_nobody_out_for_longer_and_lets_one_attempt_through() -> None:
    ahead = NOW + timedelta(hours=2)
    take_attempt("one", address="", now=ahead)
    assert take_attempt("one", address="", now=NOW) is None
    assert [take_attempt("x", address="", now=ahead) for _ in range(3)] == [None] * 3
    assert refused_until("x", address="", now=NOW) is None
    assert take_attempt("x", address="", now=NOW) is None
    assert take_attempt("x", address="", now=NOW) == NOW + timedelta(minutes=20)
