"""Which names are of what one joins, leaves or moves to without being employed there."""

from memory.extraction.rules.text.nouns import TECHNOLOGIES
from memory.extraction.rules.text.words import words

_SERVICES = TECHNOLOGIES | words(
    """facebook instagram tinder bumble hinge twitter x linkedin slack whatsapp tiktok reddit duolingo strava spotify
    youtube discord snapchat mastodon bluesky telegram signal patreon substack medium pinterest tumblr twitch
    zoom teams skype gmail outlook dropbox onedrive icloud evernote todoist miro canva quicken xero sage quickbooks
    android iphone ios kindle alexa siri chatgpt copilot claude gemini chrome firefox safari edge brave word
    powerpoint zapier hubspot mailchimp stripe paypal klarna wise revolut monzo starling
    vinted ebay etsy depop airbnb uber lyft deliveroo freecycle nextdoor meetup ancestry goodreads letterboxd
    vodafone o2 ee giffgaff voxi lebara tesco-mobile sky bt talktalk plusnet zen octopus edf eon ovo bulb
    classpass puregym headspace calm noom myfitnesspal peloton zwift tripadvisor mumsnet quora wikipedia"""
)
_JOINED = words(
    """club gym union party watchers world weightwatchers scouts guides brownies cubs army navy raf marines force
    reserves greenpeace amnesty mensa rotary labour conservatives tories liberals greens unison unite
    crossfit pilates parkrun choir team league association society fellowship church mosque temple
    forum channel server community network alliance trust wi zumba alcoholics anonymous queue cadets
    freemasons police territorial royal"""
)
_DEPARTMENTS = words(
    """marketing sales hr finance engineering operations ops qa legal procurement logistics accounts design product
    research support compliance security it management payroll customer paediatrics pediatrics oncology radiology
    maternity cardiology neurology theatre theatres a&e icu"""
)

_PARTS = _JOINED | _DEPARTMENTS


def is_service(name: str) -> bool:
    """Software, a site or a subscription, which one uses."""
    lows = name.casefold().split()
    return bool(lows) and (lows[0] in _SERVICES or " ".join(lows) in _SERVICES)


def is_joined_only(name: str) -> bool:
    """A club, party, service or part of a firm: one may be in it, and is seldom employed by it."""
    return is_service(name) or not _PARTS.isdisjoint(name.casefold().split())
