"""Users: made, given a role, a new password, switched off; there is always an admin who can get in."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.audit import LARDER
from accounts.models import AuditEntry, User
from accounts.users import (
    EMAIL_TAKEN,
    UserRole,
    change_email,
    change_role,
    create_user,
    reset_password,
    role_of,
    switch_user,
)

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "actor", "object"))


def shown_password(answer: Any) -> str:
    found = re.search(r'<code id="new-password">([^<]+)</code>', answer.content.decode())
    assert found
    return found.group(1)


def test_a_new_user_signs_in_with_the_password_that_is_shown_once(staff: Client) -> None:
    password = shown_password(staff.post("/users/", {"name": "Grace", "role": "viewer"}))
    assert password not in staff.get("/users/").content.decode()
    grace = User.objects.get(username="Grace")
    assert (role_of(grace), grace.is_superuser) == ("viewer", False)
    answer = Client().post("/login/", {"username": "Grace", "password": password})
    assert answer["Location"] == "/"
    assert ("user.create", "ada", "Grace") in entries()
    assert password not in str(AuditEntry.objects.values_list("after"))


def test_a_name_is_taken_whatever_its_case(staff: Client) -> None:
    answer = staff.post("/users/", {"name": "ADA", "role": "admin"})
    assert answer.status_code == 422
    assert "There is a user &#x27;ADA&#x27; already." in answer.content.decode()
    assert staff.post("/users/", {"name": "two words", "role": "admin"}).context["form"].errors.keys() == {"name"}
    assert staff.post("/users/", {"name": "x", "role": "owner"}).context["form"].errors.keys() == {"role"}


def test_a_viewer_becomes_an_admin_and_a_viewer_again(staff: Client) -> None:
    vera = User.objects.create_user("vera", is_staff=True)
    for role in ("admin", "viewer"):
        assert staff.post(f"/users/{vera.pk}/", {"do": "role", "role": role})["Location"] == f"/users/{vera.pk}/"
        assert role_of(User.objects.get(pk=vera.pk)) == role
    changed = AuditEntry.objects.filter(verb="user.role").latest("pk")
    assert (changed.before, changed.after) == ({"role": "admin"}, {"role": "viewer"})


def test_who_is_switched_off_is_out_at_once_and_can_come_back(staff: Client) -> None:
    vera = User.objects.create_user("vera", password="a long password", is_staff=True)
    hers = Client()
    hers.force_login(vera)
    staff.post(f"/users/{vera.pk}/", {"do": "deactivate"})
    assert hers.get("/")["Location"].startswith("/login/")
    assert "Switched off" in staff.get(f"/users/{vera.pk}/").content.decode()
    staff.post(f"/users/{vera.pk}/", {"do": "activate"})
    assert hers.post("/login/", {"username": "vera", "password": "a long password"})["Location"] == "/"
    assert entries()[:2] == [("user.deactivate", "ada", "vera"), ("user.activate", "ada", "vera")]


def test_a_new_password_ends_every_session(staff: Client) -> None:
    vera = User.objects.create_user("vera", password="a long password", is_staff=True)
    hers = Client()
    hers.force_login(vera)
    password = shown_password(staff.post(f"/users/{vera.pk}/", {"do": "password"}))
    assert hers.get("/")["Location"].startswith("/login/")
    assert hers.post("/login/", {"username": "vera", "password": password})["Location"] == "/"


@pytest.mark.parametrize("given", [{"do": "role", "role": "viewer"}, {"do": "deactivate"}, {"do": "password"}, {}])
def test_nobody_changes_themselves_there(staff: Client, given: dict[str, str]) -> None:
    ada = User.objects.get(username="ada")
    User.objects.create_superuser("bob")
    before = User.objects.values().get(pk=ada.pk)
    assert staff.post(f"/users/{ada.pk}/", given).status_code == 422
    assert User.objects.values().get(pk=ada.pk) == before
    assert "This is you" in staff.get(f"/users/{ada.pk}/").content.decode()


def test_the_last_admin_stays_one() -> None:
    """However it comes about that somebody else acts: two who demote each other at once, for one."""
    ada, away = User.objects.create_superuser("ada"), User.objects.create_superuser("away")
    who: dict[str, Any] = {"by": away, "actor": LARDER, "now": timezone.now()}
    User.objects.filter(pk=away.pk).update(is_staff=False)
    with pytest.raises(ValidationError, match="last admin"):
        change_role(ada.pk, role=UserRole.VIEWER, **who)
    with pytest.raises(ValidationError, match="last admin"):
        switch_user(ada.pk, active=False, **who)
    User.objects.filter(pk=away.pk).update(is_superuser=False)
    with pytest.raises(ValidationError, match="no admin any more"):
        switch_user(ada.pk, active=False, **who)


def test_a_viewer_changes_their_own_password_and_stays_signed_in_here_only(django_user_model: Any) -> None:
    vera = django_user_model.objects.create_user("vera", password="a long password", is_staff=True)
    here, elsewhere = Client(), Client()
    here.force_login(vera)
    elsewhere.force_login(vera)
    given = {"old_password": "a long password", "new_password1": "quite another", "new_password2": "quite another"}
    assert here.post("/account/", given)["Location"] == "/account/"
    assert "Your password is changed" in here.get("/account/").content.decode()
    assert elsewhere.get("/").status_code == 302
    assert entries() == [("user.password", "vera", "vera")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"new_password2": "something else"}, "new_password2"),
        ({"new_password1": "short", "new_password2": "short"}, "new_password2"),
        ({"new_password1": "password123", "new_password2": "password123"}, "new_password2"),
        ({"new_password1": "vera-vera-1", "new_password2": "vera-vera-1"}, "new_password2"),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_beside_its_field(
    client: Client, given: dict[str, str], field: str
) -> None:
    vera = User.objects.create_user("vera-vera", password="a long password", is_staff=True)
    client.force_login(vera)
    good = {"old_password": "a long password", "new_password1": "quite another", "new_password2": "quite another"}
    answer = client.post("/account/", good | given)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}


@pytest.mark.parametrize("new", ["eleven small", " x" * 40 + " ", "ünïcödé 密码 🥖🥖🥖"])
def test_a_password_may_be_long_and_of_any_kind(client: Client, new: str) -> None:
    vera = User.objects.create_user("vera", password="a long password", is_staff=True)
    client.force_login(vera)
    client.post("/account/", {"old_password": "a long password", "new_password1": new, "new_password2": new})
    statuses = [
        Client().post("/login/", {"username": "vera", "password": typed}).status_code for typed in (new, new[:-1])
    ]
    assert statuses == [302, 200]


def test_a_made_password_cannot_be_guessed() -> None:
    ada = User.objects.create_superuser("ada")
    vera, first = create_user("vera", role=UserRole.VIEWER, actor=LARDER, now=timezone.now())
    second = reset_password(vera.pk, by=ada, actor=LARDER, now=timezone.now())
    assert first != second
    assert min(map(len, (first, second))) * 6 >= 128  # a letter of base64 is six bits


def test_a_new_user_may_have_an_e_mail_address_which_the_list_shows(staff: Client) -> None:
    given = {"name": "Grace", "role": "viewer", "email": " Grace@Example.com "}
    assert staff.post("/users/", given).status_code == 200
    grace = User.objects.get(username="Grace")
    assert grace.email == "grace@example.com"
    for path in ("/users/", f"/users/{grace.pk}/"):
        assert "grace@example.com" in staff.get(path).content.decode()
    created = AuditEntry.objects.get(verb="user.create")
    assert created.after == {"role": "viewer", "email": "grace@example.com"}


def test_many_users_may_have_no_e_mail_address(staff: Client) -> None:
    for name in ("Grace", "Vera"):
        assert staff.post("/users/", {"name": name, "role": "viewer", "email": ""}).status_code == 200
    assert User.objects.filter(email=None).count() == 3
    assert [entry.after for entry in AuditEntry.objects.filter(verb="user.create")] == [{"role": "viewer"}] * 2


@pytest.mark.parametrize(
    ("email", "said"),
    [("VERA@example.com", EMAIL_TAKEN), ("vera", "This is not an e-mail address."), ("a\0@example.com", "Null")],
)
def test_an_e_mail_address_that_cannot_be_is_refused_beside_its_field(staff: Client, email: str, said: str) -> None:
    User.objects.create_user("vera", "vera@example.com", is_staff=True)
    for path, given, form in (
        ("/users/", {"name": "Grace", "role": "viewer", "email": email}, "form"),
        ("/account/", {"do": "email", "email": email}, "email_form"),
    ):
        answer = staff.post(path, given)
        assert answer.status_code == 422
        assert answer.context[form].errors.keys() == {"email"}
        assert said in answer.content.decode()
    assert not User.objects.filter(username="Grace").exists()
    assert not AuditEntry.objects.exists()


def test_a_viewer_sets_and_clears_their_own_e_mail_address(viewer: Client) -> None:
    for email, said in (("Vera@Example.com", "saved"), ("vera@example.com", "saved"), ("", "removed")):
        assert viewer.post("/account/", {"do": "email", "email": email})["Location"] == "/account/"
        page = viewer.get("/account/").content.decode()
        assert f"Your e-mail address is {said}." in page
        assert f'value="{email.lower()}"' in page or not email
    changes = AuditEntry.objects.filter(verb="user.email").order_by("pk")
    assert [(entry.before["email"], entry.after["email"]) for entry in changes] == [
        (None, "vera@example.com"),
        ("vera@example.com", None),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_e_mail_address_at_once_one_is_refused() -> None:
    users = [User.objects.create_user(name) for name in ("vera", "grace")]
    at_once = Barrier(2)

    def take(user: User) -> str:
        try:
            at_once.wait(timeout=10)
            change_email(user.username, "one@example.com", actor=LARDER, now=timezone.now())
        except ValidationError as error:
            return str(error.message_dict["email"][0])
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, users)) == sorted(["taken", EMAIL_TAKEN])
    assert User.objects.filter(email="one@example.com").count() == 1
    assert AuditEntry.objects.filter(verb="user.email").count() == 1


def test_users_go_page_by_page(staff: Client, django_assert_max_num_queries: Any) -> None:
    User.objects.bulk_create(User(username=f"user{number:03}", is_staff=True) for number in range(150))
    with django_assert_max_num_queries(12):
        first = staff.get("/users/")
    rest = staff.get(f"/users/?after={first.context['next']}").content.decode()
    assert "user149" in rest
    assert "user001" not in rest
