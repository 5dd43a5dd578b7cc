"""What one mail costs before it leaves: processor time of composing it and of writing its bytes.

`python -m benchmarks.composing` prints milliseconds a mail, for a usual template of 4 kB (10 kB as
a mail) with a name, a condition and a link per lead. "first" is a mail whose shape nobody has met
yet (templates_app.learning), "next" is any other mail of the run, "link" is the same where the
lead's own link has to be stored yet.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from campaigns.models import Message

ROUNDS = 7
_PARAGRAPH = (
    '<tr><td style="padding: 0 24px 16px"><p class="text">{{ company }} in {{ city }} kan beter '
    "gevonden worden. Wij keken naar uw website en zagen drie dingen die bezoekers kosten: de "
    "titels van de pagina&rsquo;s, de snelheid op een telefoon en de foto&rsquo;s zonder "
    "beschrijving. Wie dat verbetert, staat binnen een paar maanden hoger.</p></td></tr>\n"
)
TEMPLATE = (
    """<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>{{ campaign.name }}</title>
<style>
body { margin: 0; background: #f4f4f4; font-family: Arial, sans-serif }
.wrap { max-width: 600px; background: #ffffff }
.text { margin: 0 0 12px; font-size: 15px; line-height: 22px; color: #222222 }
.button a { display: inline-block; background: #0a66c2; color: #ffffff; padding: 14px 28px }
.preheader { display: none }
@media (max-width: 600px) { .wrap { width: 100% !important } }
</style></head>
<body bgcolor="#f4f4f4">
<div class="preheader">Kort voorstel voor {{ company }}</div>
<table role="presentation" class="wrap" width="600" cellpadding="0" cellspacing="0">
<tr><td style="padding: 24px"><h1>Beste {{ first_name|default('collega') }},</h1></td></tr>
"""
    + _PARAGRAPH * 9
    + """{% if vars.rooms|int > 50 %}<tr><td><p class="text">Met {{ vars.rooms }} kamers loont
dat.</p></td></tr>{% endif %}
<tr><td><p class="text">Uw website: <a href="{{ lead.url }}">{{ lead.url }}</a></p>
<ul><li>betere titels</li><li>een snellere site</li><li>foto&rsquo;s die gevonden worden</li></ul>
</td></tr>
<tr><td class="button"><a href="https://punthelder.example/?a=1&amp;b=2">Plan een gesprek</a></td>
</tr></table></body></html>"""
)


def measure(mails: int = 300) -> dict[str, float]:
    """Milliseconds of processor time a mail, by what is done: the median of some rounds.

    Needs Django set up and a migrated database that may be written to.
    """
    from campaigns.composing import compose
    from campaigns.mime import as_bytes
    from mailsuite.lib import clock

    messages = _messages(mails)
    started = process_time()
    composed = [compose(message) for message in messages]
    new_links = (process_time() - started) / len(messages) * 1000
    now = clock.now()
    return {
        "template": len(TEMPLATE),
        "mail": len(as_bytes(composed[0], now)),
        "compose, first": _cost(_afresh(compose), messages[: mails // 10]),
        "compose, link": new_links,
        "compose, next": _cost(compose, messages),
        "MIME": _cost(lambda mail: as_bytes(mail, now), composed),
    }


def _messages(number: int) -> list[Message]:
    """Due messages of as many leads, loaded as a worker loads them."""
    from campaigns.models import Message
    from campaigns.outgoing import Outgoing

    # Untyped, like all tests; imported by name so that mypy does not follow.
    make: Any = import_module("tests.factories")
    subject = "Vraag voor {{ company }}"
    template = make.TemplateFactory(version__html=TEMPLATE, version__subject=subject)
    first = make.MessageFactory(step=make.FlowStepFactory(template=template))
    for n in range(1, number):
        enrollment = make.EnrollmentFactory(campaign=first.campaign, domain=first.domain)
        make.MessageFactory(enrollment=enrollment, step=first.step)
        lead = enrollment.lead
        lead.company, lead.city, lead.first_name = f"Hôtel & Zoon {n}", "Utrecht", f"Anna {n}"
        lead.url, lead.vars = f"https://www.hotel-{n}.example/?p={n}&q=2", {"rooms": str(n % 100)}
        lead.save()
    others = Message.objects.exclude(pk=first.pk).order_by("pk").values_list("pk", flat=True)
    read = Outgoing().read(others)
    return [read[pk] for pk in others]


def _afresh(compose: Callable[[Any], object]) -> Callable[[Any], object]:
    """`compose` with all shapes forgotten each time."""
    from templates_app import learning

    def composed(message: Any) -> object:
        learning.forget()
        return compose(message)

    return composed


def _cost(work: Callable[[Any], object], items: Sequence[object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = process_time()
        for item in items:
            work(item)
        rounds.append((process_time() - started) / len(items) * 1000)
    return median(rounds)


def main() -> None:
    """Print the measures. Django and a database are had in a process of its own."""
    if sys.argv[1:] == ["here"]:
        import django

        django.setup()
        for what, value in measure().items():
            unit = "ms" if isinstance(value, float) else "bytes"
            print(
                f"{what:16}{value:10.3f} {unit}" if unit == "ms" else f"{what:16}{value:6} {unit}"
            )
        return
    from benchmarks.place import place

    with place() as ours, ours.fresh() as environment:
        command = [sys.executable, "-m", "benchmarks.composing", "here"]
        subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
