from django.urls import path

from tracking.api.views import InboxViewSet, ReplyViewSet

urlpatterns = [
    path("inbox", InboxViewSet.as_view({"get": "list"}), name="inbox"),
    path("inbox/unmatched", InboxViewSet.as_view({"get": "unmatched"}), name="inbox-unmatched"),
    path("inbox/settle", InboxViewSet.as_view({"post": "settle_many"}), name="inbox-settle-many"),
    path(
        "inbox/<int:inbox_id>",
        InboxViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="inbox-mail",
    ),
    path(
        "inbox/<int:inbox_id>/answer",
        ReplyViewSet.as_view({"post": "create"}),
        name="inbox-answer",
    ),
    *[
        path(
            f"inbox/<int:inbox_id>/{action}",
            InboxViewSet.as_view({"post": action}),
            name=f"inbox-{action}",
        )
        for action in ("tie", "settle")
    ],
    path(
        "inbox/replies/<int:reply_id>",
        ReplyViewSet.as_view({"get": "retrieve"}),
        name="inbox-reply",
    ),
    path(
        "inbox/replies/<int:reply_id>/resolve",
        ReplyViewSet.as_view({"post": "resolve"}),
        name="inbox-reply-resolve",
    ),
]
