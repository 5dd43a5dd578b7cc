"""A page links to what the person may open, and to nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db.models import ForeignKey, Model
from django.test import Client

from campaigns.models import SendingAccount, SendingDomain
from leads.models import LeadImport
from tests.admin.conftest import page
from tests.admin.test_pages import FACTORIES, MADE, name
from tests.factories import LeadImportFactory, SendingDomainFactory, UserFactory

pytestmark = pytest.mark.django_db

Login = Callable[[str], Client]


def filled(model: type[Model]) -> Model:
    """A row that names somebody wherever it can name a user."""
    row = FACTORIES[model]()
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model is User:
            setattr(row, field.name, UserFactory())
    row.save()
    return row


@pytest.mark.parametrize("group", ["marketer", "viewer", "ops"])
@pytest.mark.parametrize("model", MADE, ids=name)
def test_no_link_leads_where_one_may_not_go(login: Login, model: type[Model], group: str) -> None:
    client = login(group)
    answer = client.get(page(model, "change", filled(model).pk))

    links = set(re.findall(r'href="(/admin/[a-z_]+/[a-z_]+/\d+/change/)"', answer.content.decode()))

    assert {link: client.get(link).status_code for link in links if "/auth/" in link} == {}
    assert [link for link in links if client.get(link).status_code == 403] == []


@pytest.mark.parametrize("group", ["marketer", "viewer"])
def test_what_one_may_not_open_is_still_named(login: Login, group: str) -> None:
    user = UserFactory(username="christian")
    made = LeadImportFactory(created_by=user)
    domain = SendingDomainFactory(account__name="Main relay")
    client = login(group)

    imported = client.get(page(LeadImport, "change", made.pk)).content.decode()
    sender = client.get(page(SendingDomain, "change", domain.pk)).content.decode()

    assert "christian" in imported
    assert page(User, "change", user.pk) not in imported
    assert "Main relay" in sender
    assert page(SendingAccount, "change", domain.account_id) not in sender


def test_what_one_may_open_is_linked(boss: Client) -> None:
    user = UserFactory(username="christian")
    made = LeadImportFactory(created_by=user)

    text = boss.get(page(LeadImport, "change", made.pk)).content.decode()

    assert page(User, "change", user.pk) in text
