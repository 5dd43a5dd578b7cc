from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from campaigns.models import SendingAccount
from mailsuite.lib import crypto
from tests.factories import SendingAccountFactory


@pytest.mark.django_db
def test_a_stored_secret_is_plain_on_the_instance_and_sealed_in_the_database():
    account = SendingAccountFactory(secret="hunter2")
    assert SendingAccount.objects.get().secret == "hunter2"
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM campaigns_sendingaccount WHERE id = %s", [account.pk])
        (sealed,) = cursor.fetchone()
    assert "hunter2" not in sealed


@pytest.mark.django_db
def test_no_secret_is_stored_as_no_secret():
    SendingAccountFactory(secret="")
    assert SendingAccount.objects.get().secret == ""


def test_an_old_key_still_opens_what_it_sealed(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SECRETS_KEYS = [old]
    sealed = crypto.encrypt("hunter2")
    settings.SECRETS_KEYS = [new, old]
    assert crypto.decrypt(sealed) == "hunter2"
    settings.SECRETS_KEYS = [new]
    with pytest.raises(ImproperlyConfigured, match="SECRETS_KEYS"):
        crypto.decrypt(sealed)


def test_a_pseudonym_recognises_and_does_not_tell(settings):
    settings.PSEUDONYM_KEY = "pepper"
    pseudonym = crypto.pseudonym("info@hotel-zon.nl")
    assert pseudonym == crypto.pseudonym("info@hotel-zon.nl")
    assert "hotel" not in pseudonym
    settings.PSEUDONYM_KEY = "another"
    assert pseudonym != crypto.pseudonym("info@hotel-zon.nl")
