"""The address as it is shown, called as a provider calls it: over HTTP, with what stands in it."""

from __future__ import annotations

import pytest
import requests

from tests.factories import SendingAccountFactory
from tests.tracking.webhooks.payloads import postmark
from tracking.models import ProviderEvent
from tracking.webhooks.addresses import addresses_of, make_secret


@pytest.mark.django_db(transaction=True)
def test_a_provider_needs_nothing_but_the_address(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    account = SendingAccountFactory(backend="postmark")
    address = addresses_of(account, make_secret(account))["tracking"]
    assert requests.post(address, json=postmark("Delivery"), timeout=5).status_code == 200
    assert ProviderEvent.objects.get().account == account
    wrong = addresses_of(account, "guessed")["tracking"]
    assert requests.post(wrong, json=postmark("Delivery"), timeout=5).status_code == 403
