"""What a person does on the page of a conversation: answer, judge, mark as read, tie, settle.

Each is a POST to an address of its own that calls one service and leads back to the page. What was
typed outlives a refusal: it waits in the session until it has left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from campaigns.models import Message
from mailsuite.lib import clock
from mailsuite.lib.errors import Refusal
from tracking import people_queue, tasks
from tracking.inbox import answering, judging
from tracking.inbox.candidates import candidates_for
from tracking.inbox.originals import original_of
from tracking.inbox.others import MOST, may_get_copies, ticked_of
from tracking.inbox.threads import thread_of
from tracking.models import InboundMail, OutboundReply
from tracking.reading import Intent

JUDGE, ANSWER = "tracking.change_inboundmail", "tracking.add_outboundreply"
_LIST = "admin:tracking_inboundmail_changelist"
_PAGE = "admin:tracking_inboundmail_change"
_INTENTS = [("", "As the machine has read it")] + [
    (intent.value, intent.value.replace("_", " ").capitalize()) for intent in Intent
]

View = Callable[..., HttpResponse]


class IntentForm(forms.Form):
    intent = forms.ChoiceField(
        choices=_INTENTS,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="“Unsubscribe” opts out whom we wrote to and whoever answered, for good. Of an "
        "automatic reply, “interested”, “meeting” and “not interested” make a person's: the flow "
        "ends.",
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="Your answer",
        max_length=answering.LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "placeholder": "Write…"}),
    )
    replies_seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class InboxPages(ModelAdmin):
    """Adds the addresses to the admin of InboundMail."""

    def get_urls(self) -> list[URLPattern]:
        deeds: dict[str, tuple[View, str]] = {
            "answer": (_answer, ANSWER),
            "judge": (_judge, JUDGE),
            "read": (_read, JUDGE),
            "tie": (_tie, JUDGE),
            "settle": (_settle, JUDGE),
        }
        wrap = self.admin_site.admin_view
        return [
            *[
                path(
                    f"<int:pk>/{name}/",
                    wrap(require_POST(_for_those_who(view, right))),
                    name=f"tracking_inboundmail_{name}",
                )
                for name, (view, right) in deeds.items()
            ],
            path(
                "replies/<int:pk>/state/",
                wrap(require_GET(_for_those_who(_state, "tracking.view_outboundreply"))),
                name="tracking_outboundreply_state",
            ),
            *super().get_urls(),
        ]


def conversation(request: HttpRequest, inbound: InboundMail) -> dict[str, Any]:
    """What the page of a conversation shows: context of tracking/admin/thread.html."""
    # Before the conversation is read: one that comes in between is then not taken for seen.
    replies = answering.answers_to(inbound)
    as_it_came = original_of(inbound)
    to, forbidden = answering.prospects(inbound, as_it_came)
    draft = request.session.get(_draft_key(inbound.pk), "")
    find = request.GET.get("find", "")[:200].replace("\0", "")
    is_unmatched = inbound.state == InboundMail.State.UNMATCHED
    chosen = _chosen(request.GET.get("tie", "")) if inbound.can_be_tied else None
    return {
        "inbound": inbound,
        "entries": thread_of(inbound),
        "as_it_came": as_it_came,
        "to": to,
        "forbidden": forbidden,
        "copies": _copies(request, inbound, to),
        "answer_form": AnswerForm(initial={"text": draft, "replies_seen": replies}),
        "intent": Intent(inbound.intent_now),
        "consequence": judging.consequence(inbound),
        "intent_form": IntentForm(initial={"intent": inbound.intent_by_person}),
        "may_judge": request.user.has_perm(JUDGE),
        "may_answer": request.user.has_perm(ANSWER),
        "is_waiting": inbound.state in InboundMail.WAITING,
        "is_unmatched": is_unmatched,
        "can_be_tied": inbound.can_be_tied,
        "find": find,
        "candidates": candidates_for(inbound, find) if inbound.can_be_tied else [],
        "chosen": chosen,
        "foreseen": people_queue.foresee_tie(inbound, chosen, clock.now()) if chosen else "",
    }


def _chosen(message_id: str) -> Message | None:
    """The message that a person is about to tie it to, and is asked once more about."""
    related = ("lead", "enrollment__campaign", "domain", "alias__domain", "content")
    found = Message.objects.select_related(*related).filter(pk=_as_id(message_id))
    return found.first()


def _as_id(text: str) -> int:
    """0, which nothing has, for what is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _copies(request: HttpRequest, inbound: InboundMail, to: str) -> list[tuple[str, bool]]:
    """Who may get the answer by Cc, and whether that is ticked: those whom the answer
    concerns, until somebody has chosen."""
    chosen = request.session.get(_copies_key(inbound.pk))
    offered = may_get_copies(inbound, to) if to else []
    ticked = ticked_of(offered, to) if chosen is None else chosen
    return [(address, address in ticked) for address in offered]


def _for_those_who(view: View, right: str) -> View:
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(right):
            raise PermissionDenied
        return view(request, pk)

    return guarded


def _answer(request: HttpRequest, pk: int) -> HttpResponse:
    inbound = get_object_or_404(InboundMail.objects.slim(), pk=pk)
    form = AnswerForm(request.POST)
    draft = request.POST.get("text", "")[: 2 * answering.LONGEST]
    copies = [address[:320] for address in request.POST.getlist("cc")[: 2 * MOST]]
    request.session[_draft_key(pk)] = draft
    request.session[_copies_key(pk)] = copies
    if not form.is_valid():
        problems = [str(problem) for found in form.errors.values() for problem in found]
        messages.error(request, f"Your answer was not sent: {' '.join(problems)}")
        return _back(inbound, "#answer")
    try:
        reply = answering.answer(
            pk,
            text=form.cleaned_data["text"],
            replies_seen=form.cleaned_data["replies_seen"],
            cc=copies,
            by=_person(request),
            now=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, f"Your answer was not sent: {refusal.message}")
        return _back(inbound, "#answer")
    tasks.hand_out(reply.pk)
    _log(request, inbound, "Answered.")
    del request.session[_draft_key(pk)], request.session[_copies_key(pk)]
    return _back(inbound, f"#reply-{reply.pk}")


def _judge(request: HttpRequest, pk: int) -> HttpResponse:
    inbound = get_object_or_404(InboundMail.objects.slim(), pk=pk)
    form = IntentForm(request.POST)
    if form.is_valid():
        word = form.cleaned_data["intent"]
        intent = Intent(word) if word else None
        _told(
            request,
            inbound,
            lambda: judging.judge(pk, intent, by=_person(request), now=clock.now()),
            lambda judged: f"Noted. {judging.consequence(judged)}".rstrip(),
        )
    return _back(inbound)


def _read(request: HttpRequest, pk: int) -> HttpResponse:
    """By the page itself when it is opened, and by the button that takes it back."""
    if request.POST.get("read") == "1":
        judging.mark_read([pk], clock.now())
        return HttpResponse(status=204)
    judging.mark_unread([pk])
    return HttpResponseRedirect(reverse(_LIST))


def _tie(request: HttpRequest, pk: int) -> HttpResponse:
    inbound = get_object_or_404(InboundMail.objects.slim(), pk=pk)
    message = get_object_or_404(Message, pk=_as_id(request.POST.get("message", "")))
    _told(
        request,
        inbound,
        lambda: people_queue.tie(pk, message.pk, by=_person(request), now=clock.now()),
        lambda tied: f"Tied to the mail. {tied.outcome}",
    )
    return _back(inbound)


def _settle(request: HttpRequest, pk: int) -> HttpResponse:
    inbound = get_object_or_404(InboundMail.objects.slim(), pk=pk)
    queue = "unmatched" if inbound.message_id is None else "review"
    settled = _told(
        request,
        inbound,
        lambda: people_queue.settle(pk, by=_person(request), now=clock.now()),
        "Settled.",
    )
    return HttpResponseRedirect(f"{reverse(_LIST)}?box={queue}") if settled else _back(inbound)


def _state(request: HttpRequest, pk: int) -> HttpResponse:
    """The label of a reply, which asks for itself until the reply has left."""
    reply = get_object_or_404(OutboundReply, pk=pk)
    return render(request, "tracking/admin/reply_state.html", {"reply": reply})


def _told(
    request: HttpRequest,
    inbound: InboundMail,
    service: Callable[[], InboundMail],
    done: str | Callable[[InboundMail], str],
) -> bool:
    """Whether it was done. `done`: the words for that, or how to get them from what came of it."""
    try:
        after = service()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return False
    words = done if isinstance(done, str) else done(after)
    messages.success(request, words)
    _log(request, inbound, words)
    return True


def _log(request: HttpRequest, inbound: InboundMail, done: str) -> None:
    """For the history of the page."""
    LogEntry.objects.log_actions(_person(request).pk, [inbound], CHANGE, done, single_object=True)


def _back(inbound: InboundMail, place: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse(_PAGE, args=[inbound.pk]) + place)


def _draft_key(pk: int) -> str:
    return f"answer-{pk}"


def _copies_key(pk: int) -> str:
    return f"answer-cc-{pk}"


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
