"""What each group may see and do, in the admin and therefore in the API."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from mailsuite import groups
from tests.admin.conftest import page
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SECRET = {"campaigns.SendingAccount", "tracking.Mailbox"}
OURS = {
    model._meta.label
    for model in site._registry
    if model._meta.app_label in {"leads", "templates_app", "campaigns", "tracking"}
}
WORK_OF_MARKETERS = {
    "leads.Lead", "leads.Suppression", "leads.LeadImport", "leads.ImageAsset", "leads.Report",
    "templates_app.Template", "templates_app.TemplateVersion", "campaigns.Campaign",
    "campaigns.Flow", "campaigns.FlowVersion", "campaigns.FlowStep",
}  # fmt: skip
WORK_OF_OPS = {
    "campaigns.SendingPolicy", "campaigns.SendingAccount", "campaigns.SendingDomain",
    "campaigns.SenderAlias", "tracking.Mailbox",
}  # fmt: skip

INBOX = {"tracking.InboundMail", "tracking.OutboundReply"}


def models_with(group: str, verb: str) -> set[str]:
    """Labels of our models on which the group has this right."""
    user = UserFactory(groups=[group])
    return {
        model._meta.label
        for model in site._registry
        if model._meta.label in OURS
        and user.has_perm(f"{model._meta.app_label}.{verb}_{model._meta.model_name}")
    }


@pytest.mark.parametrize("group", ["viewer", "marketer"])
def test_all_but_accounts_is_shown_to(group: str) -> None:
    assert models_with(group, "view") == OURS - SECRET


def test_ops_see_all() -> None:
    assert models_with("ops", "view") == OURS


@pytest.mark.parametrize(
    ("group", "verb", "models"),
    [
        ("viewer", "add", set()),
        ("viewer", "change", set()),
        ("viewer", "delete", set()),
        ("marketer", "add", WORK_OF_MARKETERS | {"tracking.OutboundReply"}),
        ("marketer", "change", WORK_OF_MARKETERS | {"campaigns.Message"} | INBOX),
        ("marketer", "delete", WORK_OF_MARKETERS),
        ("ops", "add", WORK_OF_OPS),
        ("ops", "change", WORK_OF_OPS | {"campaigns.Campaign", "campaigns.Message"} | INBOX),
        ("ops", "delete", WORK_OF_OPS),
    ],
)
def test_rights_to_write(group: str, verb: str, models: set[str]) -> None:
    assert models_with(group, verb) == models


@pytest.mark.parametrize("group", ["viewer", "marketer", "ops"])
@pytest.mark.parametrize("model", site._registry, ids=lambda model: model._meta.label)
def test_every_list_answers_as_the_rights_say(login, group: str, model: type[Model]) -> None:
    client = login(group)
    answer = client.get(page(model, "changelist"))
    right = f"{model._meta.app_label}.view_{model._meta.model_name}"
    assert answer.status_code == (200 if answer.wsgi_request.user.has_perm(right) else 403)


def test_nobody_of_the_groups_manages_people_but_superusers() -> None:
    held = Permission.objects.filter(group__isnull=False, content_type__app_label="auth")
    assert not held.exists()


def test_ops_manage_the_periodic_tasks(login) -> None:
    from django_celery_beat.models import PeriodicTask

    tick = PeriodicTask.objects.get(name="tick")
    url = page(PeriodicTask, "change", tick.pk)
    ops = login("ops")
    ops.post(url, {"task": "os.system"})  # not ticked: off
    tick.refresh_from_db()
    assert (tick.enabled, tick.task) == (False, "campaigns.tasks.tick")
    assert ops.post(page(PeriodicTask, "delete", tick.pk), {"post": "yes"}).status_code == 403


def test_migrating_puts_the_rights_right() -> None:
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.add(Permission.objects.get(codename="delete_lead"))
    groups.sync()
    assert not viewer.permissions.filter(codename="delete_lead").exists()


def test_the_token_of_a_login_is_on_no_page(boss) -> None:
    from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

    row = OutstandingToken.objects.create(jti="1", token="sesame", expires_at="2026-06-01T00:00Z")
    assert "sesame" not in boss.get(page(OutstandingToken, "change", row.pk)).content.decode()
