"""Campaign mails as bytes, written out for these tests."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP


def campaign_mail(to: str, *, number: int = 1, web: str = "http://127.0.0.1:1") -> bytes:
    mail = EmailMessage()
    mail["From"] = "Christian de Boer <christian@punthelder-seo.example>"
    mail["To"] = to
    mail["Subject"] = "Vindbaarheid van Hôtel de l’Été"
    mail["Message-ID"] = f"<m{number}@punthelder-seo.example>"
    mail["X-Campaign-Message-ID"] = f"m{number}@punthelder-seo.example"
    if number > 1:
        earlier = [f"<m{n}@punthelder-seo.example>" for n in range(1, number)]
        mail["In-Reply-To"], mail["References"] = earlier[-1], " ".join(earlier)
    mail["List-Unsubscribe"] = f"<{web}/unsubscribe?m=7&t=header>, <mailto:u@x.example?subject=u.7>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content("Beste Zoë")
    mail.add_alternative(
        f'<p>Beste Zoë, <a href="{web}/track/click?m=7&amp;l=1&amp;t=c">kijk</a></p>'
        f'<p><a href="{web}/unsubscribe?m=7&amp;t=body">Afmelden</a></p>'
        f'<img src="{web}/track/open.gif?m=7&amp;t=o" width="1" height="1" alt="">',
        subtype="html",
    )
    return mail.as_bytes(policy=SMTP)
