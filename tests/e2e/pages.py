"""Pages read over bare HTTP, as an admin's browser gets them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.e2e.conftest import PASSWORD


@contextmanager
def sign_in(url: str) -> Iterator[httpx.Client]:
    """A browser in which the admin is signed in."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=20, trust_env=False) as browser:
        _answered(lambda: browser.get("/login/"))
        form = {"username": "admin", "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["larder_csrf"]}
        signed_in = _answered(lambda: browser.post("/login/", data=form))
        assert signed_in.status_code == 200, signed_in.text
        yield browser


def read_overview(url: str) -> str:
    with sign_in(url) as browser:
        return _answered(lambda: browser.get("/")).text


def _answered(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Each pooled connection whose backend was terminated before costs one 503, and the client comes back."""
    for _ in range(50):
        if (answer := send()).status_code != 503:
            break
    return answer
