"""The inbox: conversations with those who answered."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Message
from mailsuite.lib import clock
from mailsuite.lib.api.strict import NoFields
from mailsuite.lib.api.views import ApiViewSet
from mailsuite.lib.errors import Refusal
from tracking import people_queue, tasks
from tracking.api.serializers import (
    AnswerBody,
    CandidateQuery,
    InboxDetail,
    InboxItem,
    InboxQuery,
    Judgement,
    ReplyItem,
    ReplyResolution,
    SettleBody,
    SettledItem,
    TieBody,
    UnmatchedQuery,
)
from tracking.inbox import answering, judging, settling
from tracking.inbox.candidates import candidates_for
from tracking.inbox.originals import original_of
from tracking.inbox.others import may_get_copies
from tracking.inbox.threads import thread_of
from tracking.models import InboundMail, OutboundReply
from tracking.querysets import InboundMailQuerySet
from tracking.reading import Intent

_LOOKUPS = {
    "intent": "intent_now",
    "campaign_id": "message__campaign",
    "lead_id": "lead",
    "domain": "message__domain__name",
    "list_name": "lead__list_name",
    "received_from": "received_at__gte",
    "received_to": "received_at__lt",
}


@extend_schema(tags=["inbox"])
class InboxViewSet(ApiViewSet):
    rights = "tracking.inboundmail"
    queryset = InboundMail.objects.slim().select_related(
        "lead", "message__campaign", "message__alias__domain", "message__lead"
    )

    @extend_schema(parameters=[InboxQuery], responses=InboxItem(many=True))
    def list(self, request: Request) -> Response:
        """What came back, over all mailboxes: unread first, then the newest."""
        mails = _matching(self.queryset, self.query(InboxQuery))
        return self.page_of(mails.unread_first(), InboxItem)

    @extend_schema(parameters=[UnmatchedQuery], responses=InboxItem(many=True))
    def unmatched(self, request: Request) -> Response:
        """Mails that name no message of ours and wait for a person."""
        words = self.query(UnmatchedQuery).get("search", "")
        return self.page_of(self.queryset.unmatched().search(words).unread_first(), InboxItem)

    @extend_schema(parameters=[CandidateQuery], responses=InboxDetail)
    def retrieve(self, request: Request, inbox_id: int) -> Response:
        """One mail with its whole conversation. Reading it does not mark it as read."""
        return self._detail(inbox_id, self.query(CandidateQuery).get("find", ""))

    @extend_schema(request=Judgement, responses=InboxDetail)
    def partial_update(self, request: Request, inbox_id: int) -> Response:
        """Mark it as read or unread; say what the writer wants."""
        given = self.validated(Judgement)
        self.found(self.queryset, inbox_id)
        if "intent" in given:
            intent = Intent(given["intent"]) if given["intent"] else None
            judging.judge(inbox_id, intent, by=_person(request), now=clock.now())
        if given.get("read"):
            judging.mark_read([inbox_id], clock.now())
        elif "read" in given:
            judging.mark_unread([inbox_id])
        return self._detail(inbox_id)

    @extend_schema(request=TieBody, responses=InboxDetail)
    def tie(self, request: Request, inbox_id: int) -> Response:
        """Say which message an unmatched mail is about; it then takes effect."""
        message_id = self.validated(TieBody)["message_id"]
        self.found(self.queryset, inbox_id)
        if not Message.objects.filter(pk=message_id).exists():
            raise Refusal(
                f"There is no message {message_id}.", fields={"message_id": "does not exist"}
            )
        people_queue.tie(inbox_id, message_id, by=_person(request), now=clock.now())
        return self._detail(inbox_id)

    @extend_schema(request=NoFields, responses=InboxDetail)
    def settle(self, request: Request, inbox_id: int) -> Response:
        """Nothing is left to do about a mail that waits for a person."""
        self.validated(NoFields)
        self.found(self.queryset, inbox_id)
        people_queue.settle(inbox_id, by=_person(request), now=clock.now())
        return self._detail(inbox_id)

    @extend_schema(operation_id="inbox_settle_many", request=SettleBody, responses=SettledItem)
    def settle_many(self, request: Request) -> Response:
        """The same for up to 1,000 mails at once."""
        wanted = set(self.validated(SettleBody)["inbox_ids"])
        settled = people_queue.settle_many(wanted, by=_person(request), now=clock.now())
        others = [str(pk) for pk in sorted(wanted - settled)]
        return Response({"changed": len(settled), "not_waiting": others})

    def _detail(self, inbox_id: int, find: str = "") -> Response:
        inbound = self.found(self.queryset, inbox_id)
        inbound.as_it_came = original_of(inbound)
        inbound.answers_so_far = answering.answers_to(inbound)  # before they are read
        inbound.thread = thread_of(inbound)
        inbound.candidates = candidates_for(inbound, find) if inbound.can_be_tied else []
        to, inbound.cannot_answer = answering.prospects(inbound, inbound.as_it_came)
        inbound.answer_to, inbound.answer_cc = to, may_get_copies(inbound, to) if to else []
        return Response(InboxDetail(inbound).data)


@extend_schema(tags=["inbox"])
class ReplyViewSet(ApiViewSet):
    rights = "tracking.outboundreply"
    queryset = OutboundReply.objects.select_related("alias__domain", "written_by")

    @extend_schema(request=AnswerBody, responses={201: ReplyItem})
    def create(self, request: Request, inbox_id: int) -> Response:
        """Answer a mail, from the alias that was written to and in the thread. It leaves at once.

        The same words to the same mail are one reply, however often they are sent here.
        """
        given = self.validated(AnswerBody)
        self.found(InboundMail.objects.slim(), inbox_id)
        reply = answering.answer(
            inbox_id,
            text=given["text"],
            replies_seen=given.get("replies_seen"),
            cc=given["cc"],
            by=_person(request),
            now=clock.now(),
        )
        tasks.hand_out(reply.pk)
        return Response(ReplyItem(self.found(self.queryset, reply.pk)).data, status=201)

    @extend_schema(responses=ReplyItem)
    def retrieve(self, request: Request, reply_id: int) -> Response:
        """One reply of ours, and what became of it."""
        return Response(ReplyItem(self.found(self.queryset, reply_id)).data)

    @extend_schema(request=ReplyResolution, responses=ReplyItem)
    def resolve(self, request: Request, reply_id: int) -> Response:
        """Settle a reply that is unknown or failed: it arrived, or it is to be sent again."""
        word = self.validated(ReplyResolution)["as"]
        self.found(self.queryset, reply_id)
        if word == "sent":
            settling.assume_sent(reply_id)
        else:
            settling.send_again(reply_id, clock.now())
            tasks.hand_out(reply_id)
        return Response(ReplyItem(self.found(self.queryset, reply_id)).data)


def _matching(mails: Any, query: dict[str, Any]) -> InboundMailQuerySet:
    mails = {
        "inbox": mails.for_marketers,
        "review": mails.to_review,
        "machines": mails.by_machines,
        "unmatched": mails.unmatched,
        "returned": mails.returned,
        "all": mails.all,
    }[query["box"]]()
    mails = mails.filter(**{look: query[name] for name, look in _LOOKUPS.items() if name in query})
    if query["unread"] is not None:
        mails = mails.filter(is_unread=query["unread"])
    if "alias" in query:
        name, _, domain = query["alias"].rpartition("@")
        mails = mails.filter(message__alias__name=name, message__domain__name=domain.lower())
    return mails.search(query.get("search", ""))


def _person(request: Request) -> User:
    return cast(User, request.user)
