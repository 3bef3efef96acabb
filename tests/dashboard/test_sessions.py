"""Where people are signed in: listed, ended one by one, and by themselves where nobody uses them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.audit import LARDER
from accounts.models import AuditEntry, LoginSession, User
from accounts.users import forget_sessions, reset_password, switch_user
from config.web.sessions import SEEN
from dashboard.templatetags.administration import browser_name

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", password="correct horse")


def signed_in(user: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    return client


def works(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def test_ones_sessions_are_listed_and_any_of_them_ended(ada: User) -> None:
    here, there = signed_in(ada), signed_in(ada, "curl/8.1")
    page = here.get("/account/").content.decode()
    assert "Firefox on Linux" in page
    assert "curl" in page
    assert page.count("this browser") == 1
    assert str(there.session.session_key) not in page
    row = LoginSession.objects.get(session_key=there.session.session_key).pk
    assert here.post("/account/", {"do": "session", "session": row})["Location"] == "/account/"
    assert (works(here), works(there)) == (True, False)
    assert AuditEntry.objects.get(verb="session.end").after == {"ended": 1}


def test_all_others_end_at_once_and_ones_own_stays(ada: User) -> None:
    here, others = signed_in(ada), [signed_in(ada) for _ in range(2)]
    here.post("/account/", {"do": "sessions"})
    assert works(here)
    assert not any(map(works, others))


@pytest.mark.parametrize("session", ["", "x", "9" * 30, "-1"])
def test_nobody_ends_what_is_not_theirs(ada: User, session: str) -> None:
    vera = User.objects.create_user("vera", is_staff=True)
    theirs, here = signed_in(ada), signed_in(vera)
    row = LoginSession.objects.get(user=ada).pk
    for named in (session, row):
        here.post("/account/", {"do": "session", "session": named})
    assert works(theirs)
    assert works(here)


def test_a_session_that_nobody_uses_ends_and_polling_is_no_use(ada: User, settings: Any) -> None:
    settings.SESSION_IDLE_S = 600
    client = signed_in(ada)

    def idle_s() -> float:
        return float(timezone.now().timestamp() - client.session[SEEN][1])

    def leave_alone(seconds: int) -> None:
        session = client.session
        session[SEEN] = (session.session_key, timezone.now().timestamp() - seconds)
        session.save()

    leave_alone(500)
    assert client.get("/system/live/").status_code == 200
    assert idle_s() > 400
    assert works(client)
    assert idle_s() < 60
    assert LoginSession.objects.get().seen_at > timezone.now() - timedelta(seconds=60)
    leave_alone(601)
    assert client.get("/account/")["Location"].startswith("/login/")
    assert not works(client)


def test_programs_are_not_looked_up(api: Any) -> None:
    assert api("admin")("get", "/api/v1/keys").status_code == 200
    assert not LoginSession.objects.exists()


def test_who_is_switched_off_or_gets_a_new_password_is_signed_in_nowhere(ada: User) -> None:
    vera, now = User.objects.create_user("vera", is_staff=True), timezone.now()
    for change in (
        lambda: reset_password(vera.pk, by=ada, actor=LARDER, now=now),
        lambda: switch_user(vera.pk, active=False, by=ada, actor=LARDER, now=now),
    ):
        client = signed_in(vera)
        change()
        vera.refresh_from_db()
        assert not works(client)
        assert not LoginSession.objects.filter(user=vera).exists()


def test_a_password_that_is_changed_leaves_this_session_alone(ada: User) -> None:
    here, there = signed_in(ada), signed_in(ada)
    new = "another battery staple"
    here.post("/account/", {"old_password": "correct horse", "new_password1": new, "new_password2": new})
    assert (works(here), works(there)) == (True, False)
    assert LoginSession.objects.count() == 1


def test_what_ended_by_itself_is_forgotten(ada: User) -> None:
    client = signed_in(ada)
    client.session.flush()
    forget_sessions(now=timezone.now())
    assert not LoginSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox on Linux"), ("curl/8.1", "curl"), ("", "unknown browser"), ("<b>/1", "<b>"),
     ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge on Windows")],
)  # fmt: skip
def test_a_browser_is_called_as_people_call_it(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def enter(client: Client, **more: str) -> Any:
    return client.post("/login/", {"username": "ada", "password": "correct horse", **more})


def test_signing_in_begins_a_new_session(ada: User, client: Client) -> None:
    before = client.session
    before["kept"] = "by whoever was here before"
    before.save()
    enter(client)
    after = client.cookies["larder_session"].value
    assert after != before.session_key
    assert re.fullmatch(r"[a-z0-9]{32}", after)
    assert not Session.objects.filter(session_key=before.session_key).exists()


def test_a_sign_in_ends_in_time_however_much_it_is_used(ada: User, client: Client, settings: Any) -> None:
    """Each use is noted in the session, and what is saved anew must not last anew."""
    settings.SESSION_COOKIE_AGE = 3_600
    began = timezone.now()
    enter(client)
    ends = Session.objects.get().expire_date
    assert began <= ends - timedelta(hours=1) <= timezone.now()
    session = client.session
    session[SEEN] = (session.session_key, began.timestamp() - 100)
    session.save()
    assert works(client)
    assert client.session[SEEN][1] >= began.timestamp()
    assert Session.objects.get().expire_date == ends
    new = "another battery staple"
    client.post("/account/", {"old_password": "correct horse", "new_password1": new, "new_password2": new})
    assert works(client)
    assert Session.objects.get().expire_date == ends


def test_a_sign_in_leads_to_no_other_host(ada: User) -> None:
    for to in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\elsewhere.example"):
        assert enter(Client(), next=to)["Location"] == "/"
    assert enter(Client(), next="/keys/")["Location"] == "/keys/"
    page = Client().get("/login/").content.decode()
    assert re.search(r'<input[^>]*type="password"[^>]*autocomplete="current-password"', page)
