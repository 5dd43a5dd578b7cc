"""The example that a newcomer starts from: four sending domains, the default policy, and the
default flow of four mails at workdays 0, 3, 6 and 9 from two senders."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from campaigns.flow_building import add_version
from campaigns.models import (
    Flow,
    FlowStep,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from templates_app.models import Template
from templates_app.saving import save_template

DOMAINS = (
    "punthelder-vindbaarheid.nl",
    "punthelder-marketing.nl",
    "punthelder-seo.nl",
    "punthelder-zoekmachine.nl",
)
SENDERS = {"christian": "Christian van Punthelder", "victor": "Victor van Punthelder"}
POLICY = "Dutch office hours"
FLOW = "Vindbaarheid in vier mails"

_MAILS_FOLDER = Path(__file__).parent / "example_mails"


@dataclass(frozen=True, slots=True)
class ExampleMail:
    """A mail of the default flow: its template's name and subject, its sender, and how many
    workdays after the launch it goes at the earliest."""

    name: str
    subject: str
    file: str
    alias: str
    workday: int


# Mails 1 and 3 are written in the dialect of older templates, 2 and 4 in Jinja2. The second has
# the subject of the first and so arrives as a reply in the same conversation.
MAILS = (
    ExampleMail(
        "Vindbaarheid 1: kennismaking",
        "Hoe goed is {{company}} vindbaar in Google?",
        "1-kennismaking.html",
        "christian",
        0,
    ),
    ExampleMail(
        "Vindbaarheid 2: drie verbeterpunten",
        "Hoe goed is {{ lead.company }} vindbaar in Google?",
        "2-drie-verbeterpunten.html",
        "christian",
        3,
    ),
    ExampleMail(
        "Vindbaarheid 3: wat anderen doen",
        "Wat beter vindbare collega's van {{company}} anders doen",
        "3-wat-anderen-doen.html",
        "victor",
        6,
    ),
    ExampleMail(
        "Vindbaarheid 4: afsluiting",
        "Laatste bericht over de vindbaarheid van {{ lead.company }}",
        "4-afsluiting.html",
        "victor",
        9,
    ),
)


@dataclass(frozen=True, slots=True)
class Example:
    """What is there after set_up_example(); `created` says whether anything was missing."""

    flow: Flow
    domains: tuple[SendingDomain, ...]
    created: bool


def set_up_example(account: SendingAccount | None = None) -> Example:
    """Make what is missing of the example and leave alone what is there, edited or not.

    The domains send through `account`; without one through a mail catcher on this machine
    (port 1025). Takes some seconds, because each template is tried out before it is saved; not to
    be called within a transaction.
    """
    policy, made_policy = SendingPolicy.objects.get_or_create(name=POLICY)
    flow, made_flow = _flow()
    domains = [_domain(name, policy, account, flow) for name in DOMAINS]
    created = made_policy or made_flow or any(made for _, made in domains)
    return Example(flow, tuple(domain for domain, _ in domains), created)


def _local_account() -> SendingAccount:
    account, _ = SendingAccount.objects.get_or_create(
        name="Mail catcher on this machine",
        defaults={
            "host": "localhost",
            "port": 1025,
            "security": SendingAccount.Security.NONE,
        },
    )
    return account


def _domain(
    name: str, policy: SendingPolicy, account: SendingAccount | None, flow: Flow
) -> tuple[SendingDomain, bool]:
    known = SendingDomain.objects.filter(name=name).first()
    domain, made = known or _new_domain(name, policy, account, flow), known is None
    for alias, sender_name in SENDERS.items():
        _, made_alias = SenderAlias.objects.get_or_create(
            domain=domain,
            name=alias,
            defaults={"sender_name": sender_name, "signature_html": _signature(alias, domain)},
        )
        made = made or made_alias
    return domain, made


def _new_domain(
    name: str, policy: SendingPolicy, account: SendingAccount | None, flow: Flow
) -> SendingDomain:
    return SendingDomain.objects.create(
        name=name, policy=policy, account=account or _local_account(), default_flow=flow
    )


def _signature(alias: str, domain: SendingDomain) -> str:
    return (
        f"<p>Met vriendelijke groet,<br>{alias.title()}<br>"
        f'<a href="https://{domain.name}/">Punthelder</a></p>'
    )


def _flow() -> tuple[Flow, bool]:
    flow, _ = Flow.objects.get_or_create(
        name=FLOW,
        defaults={"description": "Four mails at workdays 0, 3, 6 and 9; two senders."},
    )
    if flow.versions.exists():
        return flow, False
    steps = [_mail_step(MAILS[0])]
    for before, mail in pairwise(MAILS):
        steps += [_wait(mail.workday - before.workday), _mail_step(mail)]
    add_version(flow, steps)
    return flow, True


def _wait(workdays: int) -> FlowStep:
    unit = FlowStep.DelayUnit.WORKDAYS
    return FlowStep(kind=FlowStep.Kind.WAIT, delay=workdays, delay_unit=unit)


def _mail_step(mail: ExampleMail) -> FlowStep:
    return FlowStep(kind=FlowStep.Kind.SEND, template=_template(mail), alias_name=mail.alias)


def _template(mail: ExampleMail) -> Template:
    known = Template.objects.present().filter(name=mail.name).first()
    if known is not None:
        return known
    html = (_MAILS_FOLDER / mail.file).read_text()
    return save_template(name=mail.name, subject=mail.subject, html=html).template
