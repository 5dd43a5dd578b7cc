"""Mail servers that refuse, stall, hang up, or say nothing at each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from campaigns.models import Message, SendingAccount
from tests.faults.campaign import Size
from tests.faults.fault import Fault, one_a_round
from tests.faults.journal import Accepted, Misbehaved
from tests.faults.lab import Lab
from tests.faults.place import SMTP_TIMEOUT_SECONDS
from tests.faults.script import DROP, GARBAGE, SILENCE, Rule, Script
from tests.faults.waiting import wait_for

_SLACK = 6.0
_TOGETHER = 5  # one a domain
_EACH = 20  # rounds for each verb
_BACKOFF = timedelta(minutes=10)
_VERBS = ("RCPT", "DATA", "MAIL", "EHLO", "CONNECT")


class Case(NamedTuple):
    """What the server says at a verb. `pauses`: that is about the sender, and halts its domain."""

    verb: str
    reply: str
    pauses: bool = False


_LATER = [Case(verb, "451 4.3.0 come again") for verb in ("TAKE", "RCPT", "DATA", "MAIL")]
_LATER += [Case(verb, "421 4.3.2 too busy") for verb in ("EHLO", "CONNECT")]
_NEVER = [
    Case("RCPT", "550 5.1.1 no such user"),
    Case("TAKE", "554 5.6.0 not this content"),
    Case("DATA", "554 5.6.0 not this content"),
    Case("MAIL", "550 5.7.1 not this sender", pauses=True),
    Case("EHLO", "554 5.3.2 not now"),
    Case("CONNECT", "554 5.3.2 not now"),
]
_AFTER_DOT = [Case(verb, reply) for verb in ("BODY", "TAKE") for reply in (DROP, SILENCE)]


def misbehave(cases: Sequence[Case], lab: Lab, rounds: int) -> int:
    """Case after case, at up to five mails at once; in between moments in which all goes well."""
    each = max(1, rounds // len(cases))
    while (done := lab.misbehaved()) < rounds:
        number = min(done // each, len(cases) - 1)
        case = cases[number]
        left = (each * (number + 1) if number < len(cases) - 1 else rounds) - done
        times = min(_TOGETHER, left)
        lab.set_rules(Rule(f"{case.verb} {done}", case.verb, case.reply, times=times))
        if not lab.move():
            break
        with lab.recovering():
            lab.settle()
        lab.set_rules()
        shots = lab.misbehaved() - done
        paused = lab.resume_domains()
        lab.expect(paused == (shots if case.pauses else 0), "domains paused")
        lab.steps(2)
    return lab.misbehaved()


def come_again(lab: Lab, rounds: int) -> int:
    done = misbehave(_LATER, lab, rounds)
    lab.run_out()
    _expect_backoff(lab)
    lab.expect(not _failed(), "deferred mails failed")
    return done


def _expect_backoff(lab: Lab) -> None:
    """A mail that was deferred comes again after ten minutes, not sooner."""
    deferred: dict[str, Misbehaved] = {}
    for entry in lab.journal():
        if isinstance(entry, Misbehaved) and entry.recipient:
            deferred[entry.recipient] = entry
        elif isinstance(entry, Accepted) and entry.recipient in deferred:
            waited = entry.at - deferred.pop(entry.recipient).at
            lab.expect(waited >= _BACKOFF, "backoff too short")


def _failed() -> bool:
    return Message.objects.filter(status__in=("failed", "bounced")).exists()


def say_nothing_after_the_dot(lab: Lab, rounds: int) -> int:
    done = misbehave(_AFTER_DOT, lab, rounds)
    lab.expect(lab.unknown == done, "unknown differs from rounds")
    return done


def greylist(lab: Lab, rounds: int) -> int:
    """Each recipient's first mail is deferred for five minutes (RFC 6647)."""
    lab.set_script(Script(greylist_minutes=5))
    while lab.misbehaved() < rounds and lab.step():
        pass
    done = lab.misbehaved()
    lab.run_out()
    lab.expect(not _failed(), "greylisted mails failed")
    _expect_backoff(lab)
    return done


def refuse_the_login(lab: Lab, rounds: int) -> int:
    done = 0
    while done < rounds:
        lab.set_rules(Rule(f"login {done}", "AUTH", "535 5.7.8 bad credentials"))
        before = len(lab.accepted())
        if not lab.move():
            break
        with lab.recovering():
            lab.settle()
        lab.set_rules()
        lab.expect(len(lab.accepted()) == before, "mails without a login")
        paused = lab.resume_domains()
        lab.expect(paused > 0, "no domain paused")
        done += paused
        lab.steps(1)
    return done


def fail_tls(lab: Lab, rounds: int) -> int:
    """No handshake, no mail: what asks for TLS never falls back to plain text. At last the server
    does not offer it at all, which halts the domains until somebody mends the account."""
    lab.move()
    done = 0
    for done in range(1, rounds + 1):
        before = lab.misbehaved()
        reply = GARBAGE if done % 2 else "454 4.7.0 no TLS today"
        rule = Rule(f"tls {done}", "STARTTLS", reply)
        lab.set_script(Script(rules=(rule,), offers_tls=True))
        wait_for(lambda before=before: lab.misbehaved() > before, "a handshake")
    lab.set_rules()
    wait_for(lambda: not Message.objects.filter(status="sending").exists(), "the last try")
    with lab.recovering():
        lab.settle()
    lab.expect(not lab.accepted(), "mails in plain text")
    SendingAccount.objects.update(security="none")
    lab.expect(lab.resume_domains() == lab.size.domains, "domains paused")
    return done


_AS_EVER = Size()
# More addresses are refused here than any domain's guardrail would stand by and watch.
_WITHOUT_GUARDRAIL = Size(policy={"max_bounce_percent": 100})


def _fault(
    name: str,
    does: str,
    must_hold: str,
    inject: Callable[[Lab, int], int],
    rounds: int,
    size: Size = _AS_EVER,
) -> Fault:
    return Fault(
        name=name,
        does=does,
        must_hold=must_hold,
        rounds=rounds,
        inject=inject,
        recovery_limit=_SLACK + SMTP_TIMEOUT_SECONDS,
        leads_a_domain=30,
        size=size,
    )


FAULTS = (
    _fault(
        "smtp 4xx",
        f"a 4xx reply, {_EACH} times at each verb",
        "I1-I8; ten minutes of backoff, then it arrives; no unknown",
        come_again,
        _EACH * len(_LATER),
    ),
    _fault(
        "smtp 5xx",
        f"a 5xx reply, {_EACH} times at each verb",
        "I1-I8; the lead is never tried again; at MAIL the domain pauses; no unknown",
        partial(misbehave, _NEVER),
        _EACH * len(_NEVER),
        _WITHOUT_GUARDRAIL,
    ),
    _fault(
        "smtp stall",
        f"silence, {_EACH} times at each verb",
        "I1-I8; no unknown",
        partial(misbehave, [Case(verb, SILENCE) for verb in _VERBS]),
        _EACH * len(_VERBS),
    ),
    _fault(
        "smtp drop",
        f"the connection drops, {_EACH} times at each verb",
        "I1-I8; no unknown",
        partial(misbehave, [Case(verb, DROP) for verb in _VERBS]),
        _EACH * len(_VERBS),
    ),
    Fault(
        name="smtp after the dot",
        does="drop or silence when the mail's end has come, mail taken or not",
        must_hold="I1-I8; each of them unknown, none sent twice",
        rounds=200,
        inject=say_nothing_after_the_dot,
        recovery_limit=_SLACK + SMTP_TIMEOUT_SECONDS,
        unknown_allowed=one_a_round,
        leads_a_domain=50,
    ),
    Fault(
        name="smtp greylisting",
        does="451 for five minutes at each recipient's first mail",
        must_hold="I1-I8; delivered once, none failed; no unknown",
        rounds=100,
        inject=greylist,
        recovery_limit=_SLACK,
        leads_a_domain=24,
    ),
    Fault(
        name="smtp login",
        does="535 to the login",
        must_hold="I1-I8; nothing leaves, the domain pauses; no unknown",
        rounds=10,
        inject=refuse_the_login,
        recovery_limit=_SLACK,
        leads_a_domain=10,
        size=Size(account={"username": "christian", "secret": "wrong"}),
    ),
    Fault(
        name="smtp tls",
        does="TLS fails in the handshake, is refused, is not offered",
        must_hold="I1-I8; nothing leaves in plain text; no unknown",
        rounds=10,
        inject=fail_tls,
        recovery_limit=_SLACK,
        leads_a_domain=5,
        size=Size(account={"security": "starttls"}),
    ),
)
