"""How often somebody may fail to sign in: per name, wherever it is typed, and per address, whatever is typed there.

Each attempt is paid for before its password is looked at, so that many at once gain nothing; one that succeeds gets its
price back. An allowance refills evenly over its period (the generic cell rate algorithm) and is kept in PostgreSQL,
where the users and their sessions are: none of it depends on Redis. Names that nobody bears have one, too, so that
being refused says nothing about a name. Kept are digests only: people type passwords into the wrong field.

Whoever is `known`, by a browser that the name signed in with or by a session, has an allowance apart: what others
use up is not theirs, nor the other way round.

See docs/decisions/0060.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

from accounts.models import RateLimitState
from core.sql import fetch

# No row comes back where the allowance is spent; then nothing has been taken either. What is to be whole much later
# than a period from now was spent before the clock was set back: this attempt is let through, the rest spent as of now.
TAKE = """
INSERT INTO accounts_ratelimitstate AS a (name, full_at) VALUES (%(name)s, %(now)s + %(price)s)
ON CONFLICT (name) DO UPDATE SET full_at =
    CASE WHEN a.full_at > %(now)s + %(period)s + %(slack)s THEN %(now)s + %(period)s
    ELSE greatest(a.full_at, %(now)s) + %(price)s END
WHERE greatest(a.full_at, %(now)s) + %(price)s <= %(now)s + %(period)s + interval '1 millisecond'
OR a.full_at > %(now)s + %(period)s + %(slack)s
RETURNING full_at
"""
SLACK = timedelta(minutes=1)
"""Between reading the clock and asking, at most. All read the database's: two that differ would let one try more."""

GIVE_BACK = "UPDATE accounts_ratelimitstate SET full_at = full_at - %(price)s WHERE name = %(name)s RETURNING full_at"


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """So many attempts a period, for whom `name` says."""

    name: str
    most: int
    period: timedelta

    @property
    def price(self) -> timedelta:
        return self.period / self.most


def take_attempt(username: str, *, address: str, known: str = "", now: datetime) -> datetime | None:
    """Pay for one attempt to sign in. None: go ahead; otherwise when the next one will be let through.

    The address pays first: one that is refused cannot use up the attempts of others' names.
    """
    for limit in _limits(username, address, known):
        asked = {"name": limit.name, "price": limit.price, "period": limit.period, "now": now, "slack": SLACK}
        paid = fetch(TAKE, asked)
        if not paid:
            return _refused_until([limit], now=now) or now
    return None


def refused_until(username: str, *, address: str, known: str = "", now: datetime) -> datetime | None:
    """When the next attempt will be let through; None: now. Takes nothing."""
    return _refused_until(_limits(username, address, known), now=now)


def forgive_attempts(username: str, *, address: str, known: str = "") -> None:
    """It was the right password: the name, or who is known under it, begins anew.

    The address gets this one attempt back only: others may be there.
    """
    own = _of_known(username, known) if known else _of_name(username)
    RateLimitState.objects.filter(name__in=[limit.name for limit in own]).delete()
    for limit in [] if known else _of_address(address):
        fetch(GIVE_BACK, {"name": limit.name, "price": limit.price})


def forget_rate_limits(*, now: datetime) -> int:
    """Remove those that are whole again; how many."""
    return RateLimitState.objects.filter(full_at__lt=now).delete()[0]


def _refused_until(limits: list[RateLimit], *, now: datetime) -> datetime | None:
    full = dict(RateLimitState.objects.filter(name__in=[limit.name for limit in limits]).values_list("name", "full_at"))
    spent = [limit for limit in limits if limit.name in full and full[limit.name] <= now + limit.period + SLACK]
    next_at = [full[limit.name] + limit.price - limit.period for limit in spent]
    return max((at for at in next_at if at > now), default=None)


def plain_name(username: str) -> str:
    """The same for all ways to type a name."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _limits(username: str, address: str, known: str) -> list[RateLimit]:
    return _of_known(username, known) if known else _of_address(address) + _of_name(username)


def _of_known(username: str, known: str) -> list[RateLimit]:
    return _limit("known", f"{known}:{plain_name(username)}", settings.SIGN_IN_NAME_RATE)


def _of_name(username: str) -> list[RateLimit]:
    return _limit("name", plain_name(username), settings.SIGN_IN_NAME_RATE)


def _of_address(address: str) -> list[RateLimit]:
    """IPv6 hands out whole networks of 64 bits, so one of them counts as one address; "" is nobody's."""
    if not address:
        return []
    known = ip_address(address)
    network = str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address
    return _limit("address", network, settings.SIGN_IN_ADDRESS_RATE)


def _limit(kind: str, named: str, rate: tuple[int, int] | None) -> list[RateLimit]:
    if rate is None:
        return []
    most, period_s = rate
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{kind}:{named}".encode(errors="replace")).hexdigest()
    return [RateLimit(name=f"{kind}:{digest}", most=most, period=timedelta(seconds=period_s))]
