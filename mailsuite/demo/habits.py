"""What a recipient does with a mail, and when: decided by the address alone.

The same people do the same on every run, whatever ids and tokens a mail carries. Some read, a
few of them follow a link, answer or opt out; some are away, some addresses do not work; programs
look in between, as real ones do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from random import Random

from mailsuite.demo import journal
from mailsuite.demo.letters import Letter
from mailsuite.demo.oracle import ZONE, is_workday

_UP, _IN_BED = time(7), time(23)

# How likely a mail is to be read, by its number; then what a reader does.
_READ = (0.5, 0.4, 0.35, 0.3)
_FOLLOWS_LINK, _OPTS_OUT, _REPLIES, _COMPLAINS = 0.20, 0.05, 0.06, 0.003
# Of a list that nobody has cleaned for a while.
_DEAD, _FULL_FOR_GOOD, _FULL_ONCE = 0.025, 0.008, 0.012
_AWAY = 0.04
# With this one, some of it happens among the first dozens of the leads.
_SEED = 6

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


class Way(Enum):
    """How somebody opts out."""

    PAGE = auto()  # the link at the end of the mail
    BUTTON = auto()  # the mail program's own (RFC 8058)
    MAIL = auto()  # the same button, in programs that write a mail (RFC 2369)


@dataclass(frozen=True, slots=True)
class Plan:
    """One thing that is going to be done with a letter, at a moment of business time.

    `kind` is one of the journal's, `way` that of an opt-out, `back_on` the day on which somebody
    who is away returns.
    """

    at: datetime
    kind: str
    letter: Letter
    user_agent: str = ""
    way: Way = Way.PAGE
    back_on: date | None = None


def plans_for(letter: Letter) -> list[Plan]:
    mail = letter.mail
    chance = _drawn_by(mail.recipient, mail.number)
    returned = _returned(letter, _drawn_by(_SEED, "fate of", mail.recipient).random(), chance)
    if returned is not None:
        return [returned]
    if _drawn_by(_SEED, "leave of", mail.recipient, mail.number).random() < _AWAY:
        return [_away(letter, chance)]
    return _looks_at(letter, chance)


def _returned(letter: Letter, luck: float, chance: Random) -> Plan | None:
    """By the server of somebody whose address does not work. A mailbox that is full is tried for
    a day."""
    at = letter.mail.at
    if luck < _DEAD:
        return Plan(at + timedelta(seconds=chance.randint(1, 12)), journal.BOUNCED, letter)
    luck -= _DEAD
    if luck < _FULL_FOR_GOOD or (luck < _FULL_FOR_GOOD + _FULL_ONCE and letter.mail.number == 1):
        later = timedelta(days=1, seconds=chance.randint(61, 1100))
        return Plan(at + later, journal.BOUNCED_SOFTLY, letter)
    return None


def _away(letter: Letter, chance: Random) -> Plan:
    at = letter.mail.at + timedelta(seconds=chance.randint(2, 30))
    back_on = at.astimezone(ZONE).date() + timedelta(days=chance.randint(2, 16))
    while not is_workday(back_on):
        back_on += timedelta(days=1)
    return Plan(at, journal.AWAY, letter, back_on=back_on)


def _looks_at(letter: Letter, chance: Random) -> list[Plan]:
    mail = letter.mail
    person = _drawn_by(mail.recipient)
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
    reaction = _reaction(letter, read_at, browser, chance)
    return plans if reaction is None else [*plans, reaction]


def _reaction(letter: Letter, read_at: datetime, browser: str, chance: Random) -> Plan | None:
    """What a reader does then, if anything."""
    soon = read_at + timedelta(seconds=chance.randint(20, 180))
    mood = chance.random()
    if mood < _OPTS_OUT:
        way = chance.choices((Way.BUTTON, Way.MAIL, None, Way.PAGE), weights=(30, 10, 20, 40))[0]
        if way is None:
            return Plan(soon, journal.ASKED_TO_STOP, letter)
        return Plan(soon, journal.OPTED_OUT, letter, browser, way)
    if mood < _OPTS_OUT + _FOLLOWS_LINK and letter.links:
        return Plan(soon, journal.CLICKED, letter, browser)
    later = _awake(read_at + timedelta(minutes=2 + chance.expovariate(1 / 40)))
    mood -= _OPTS_OUT + _FOLLOWS_LINK
    if 0 <= mood < _REPLIES:
        return Plan(later, journal.REPLIED, letter)
    if 0 <= mood - _REPLIES < _COMPLAINS:
        return Plan(later, journal.COMPLAINED, letter)
    return None


def _drawn_by(*words: object) -> Random:
    return Random(" ".join(map(str, words)))  # noqa: S311 nothing secret


def _awake(at: datetime) -> datetime:
    """`at`, or some time next morning where people sleep then."""
    local = at.astimezone(ZONE)
    if _UP <= local.time() < _IN_BED:
        return at
    morning = local if local.time() < _UP else local + timedelta(days=1)
    return morning.replace(hour=7 + local.minute % 3).astimezone(at.tzinfo)
