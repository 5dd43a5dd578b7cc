from __future__ import annotations

import pytest

from leads.public_providers import is_public_provider


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "googlemail.com", "outlook.com", "outlook.be", "hotmail.nl", "hotmail.co.uk",
        "live.nl", "msn.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "gmx.de",
        "ziggo.nl", "kpnmail.nl", "xs4all.nl", "planet.nl", "telenet.be", "skynet.be", "web.de",
        "t-online.de", "orange.fr", "laposte.net", "proton.me", "protonmail.com", "dds.nl",
        "12move.nl", "orange.nl", "lycos.nl", "filternet.nl", "budget.nl", "youfone.nl", "het.net",
        "swing.be", "unity-mail.de", "o2online.de", "mailfence.com", "runbox.com", "inbox.lv",
    ],
)  # fmt: skip
def test_anybody_can_have_an_address_there(domain: str):
    assert is_public_provider(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "hotel-zon.nl", "gmail.hotel-zon.nl", "mygmail.com", "outlook-consultants.nl", "google.com",
        "live.events.nl", "ziggo.com", "mail.hotel-zon.nl", "proton.nl", "com", "",
    ],
)  # fmt: skip
def test_a_company_has_it_for_itself(domain: str):
    assert not is_public_provider(domain)
