"""What a recipient does with a mail, and when: decided by the address alone.

The same people do the same on every run, whatever ids and tokens a mail carries. Some read, a
few of them follow a link or opt out; programs look in between, as real ones do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mailsuite.demo import journal
from mailsuite.demo.letters import Letter

_ZONE = ZoneInfo("Europe/Amsterdam")
_UP, _IN_BED = time(7), time(23)

# How likely a mail is to be read, by its number; then what a reader does.
_READ = (0.5, 0.4, 0.35, 0.3)
_FOLLOWS_LINK, _OPTS_OUT = 0.20, 0.05

_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/144.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook "
    "16.0.17928; ms-office; MSOffice 16)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.7.0",
    "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/144.0.0.0 Mobile Safari/537.36",
)
_GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
_APPLE_PRIVACY = "Mozilla/5.0"
_GATEWAY = "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"


@dataclass(frozen=True, slots=True)
class Plan:
    """One thing that is going to be done with a letter, at a moment of business time.

    `kind` is one of the journal's; `one_click`: an opt-out by the mail program's own button.
    """

    at: datetime
    kind: str
    letter: Letter
    user_agent: str
    one_click: bool = False


def plans_for(letter: Letter) -> list[Plan]:
    mail = letter.mail
    person, chance = Random(mail.recipient), Random(f"{mail.recipient} {mail.number}")  # noqa: S311
    browser = person.choice(_BROWSERS)
    before = person.choices(
        (None, journal.PREFETCHED, journal.SCANNED), weights=(0.75, 0.15, 0.10)
    )[0]
    plans: list[Plan] = []
    if before is not None:
        at = mail.at + timedelta(seconds=chance.randint(5, 50))
        agent = _GATEWAY if before == journal.SCANNED else _APPLE_PRIVACY
        plans.append(Plan(at, before, letter, agent))
    if chance.random() >= _READ[min(mail.number, len(_READ)) - 1]:
        return plans
    read_at = _awake(mail.at + timedelta(minutes=4 + min(chance.expovariate(1 / 200), 4000)))
    if person.random() < 0.2:  # reads in Gmail, which fetches the picture for them
        plans.append(Plan(read_at, journal.PREFETCHED, letter, _GMAIL))
    else:
        plans.append(Plan(read_at, journal.OPENED, letter, browser))
    later = read_at + timedelta(seconds=chance.randint(20, 180))
    mood = chance.random()
    if mood < _OPTS_OUT:
        one_click = chance.random() < 0.5
        plans.append(Plan(later, journal.OPTED_OUT, letter, browser, one_click=one_click))
    elif mood < _OPTS_OUT + _FOLLOWS_LINK and letter.links:
        plans.append(Plan(later, journal.CLICKED, letter, browser))
    return plans


def _awake(at: datetime) -> datetime:
    """`at`, or some time next morning where people sleep then."""
    local = at.astimezone(_ZONE)
    if _UP <= local.time() < _IN_BED:
        return at
    morning = local if local.time() < _UP else local + timedelta(days=1)
    return morning.replace(hour=7 + local.minute % 3).astimezone(at.tzinfo)
