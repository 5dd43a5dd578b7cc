"""The preview of a mail at its place in a campaign: its name, its tracking, the mails before it."""

from __future__ import annotations

from campaigns.composing import compose_preview
from campaigns.flow_building import mails_of, steps_for
from campaigns.mail import ComposedMail
from campaigns.models import Campaign, SenderAlias
from campaigns.preparing import rows_of
from campaigns.threads import Thread
from leads.models import Lead
from mailsuite.lib.errors import Refusal
from templates_app.models import TemplateVersion


def compose_at(
    version: TemplateVersion,
    lead: Lead,
    *,
    alias: SenderAlias,
    campaign: Campaign | None = None,
    mail_number: int = 1,
) -> ComposedMail:
    """`version` as mail `mail_number` of `campaign`; a follow-up hangs below made-up mails.

    Without a campaign, or with one that says not yet what its first mail is, a follow-up is taken
    to have the first mail's subject. Raises Refusal for a mail that the campaign does not have,
    CannotComposeError.
    """
    first = _first_of(campaign, mail_number) if campaign is not None else None
    thread = Thread()
    if mail_number > 1:
        opening = compose_preview(first or version, lead, campaign=campaign, alias=alias)
        numbers = range(1, mail_number)
        ids = tuple(f"preview.{number}@{alias.domain.name}" for number in numbers)
        thread = Thread(ids, opening.subject)
    return compose_preview(version, lead, campaign=campaign, alias=alias, thread=thread)


def _first_of(campaign: Campaign, mail_number: int) -> TemplateVersion | None:
    try:
        mails = mails_of(steps_for(campaign, rows_of(campaign).domains))
    except Refusal:
        return None  # a draft that has nothing to send yet
    if mail_number > len(mails):
        problem = f"the campaign has {len(mails)} mails"
        raise Refusal(
            f"There is no mail {mail_number}: {problem}.", fields={"mail_number": problem}
        )
    return mails[0].version
