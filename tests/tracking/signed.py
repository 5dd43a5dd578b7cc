"""The addresses that stand in a mail, and visitors who follow them."""

from campaigns.models import Message, TrackedLink
from mailsuite.lib.tokens import Purpose, sign

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148"
)
GMAIL_PROXY = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)


def pixel(message: Message) -> str:
    return f"/track/open.gif?m={message.pk}&t={sign(Purpose.OPEN, message.pk)}"


def click(message: Message, link: TrackedLink) -> str:
    token = sign(Purpose.CLICK, message.pk, link.pk)
    return f"/track/click?m={message.pk}&l={link.pk}&t={token}"


def unsubscribe(message: Message) -> str:
    return f"/unsubscribe?m={message.pk}&t={sign(Purpose.UNSUBSCRIBE, message.pk)}"
