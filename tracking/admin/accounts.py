"""The page of a sending account, with what its provider needs to tell us of its mails.

It replaces the page in `campaigns.admin.senders`, which cannot know of webhooks: imports run the
other way.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminPasswordWidget

from campaigns.admin.senders import AccountForm, SendingAccountAdmin
from campaigns.models import SendingAccount
from tracking.models import ProviderEvent, ProviderWebhook
from tracking.webhooks.addresses import addresses_of, make_secret
from tracking.webhooks.providers import PROVIDERS

_HIDDEN = "••••••"
_PURPOSES = {"tracking": "Bounces, complaints, opt-outs", "inbound": "Answers"}
_KEYS = ("tracking_key", "inbound_key")


def _key_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="That the provider shows for this webhook; its calls are believed by it alone "
        "from then on. Leave it empty to keep the one that is stored.",
    )


class AccountWithWebhookForm(AccountForm):
    new_tracking_key = _key_field("Signing key for events")
    new_inbound_key = _key_field("Signing key for answers")

    class Meta(AccountForm.Meta):
        pass

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in _KEYS:
            if key := given.get(f"new_{name}"):
                self._check(f"new_{name}", key)
        return given

    def _check(self, field: str, key: str) -> None:
        if not ProviderWebhook.objects.filter(pk=self.instance.pk).exists():
            self.add_error(field, "Make a webhook address first; the provider's key belongs to it.")
            return
        try:
            PROVIDERS[self.instance.backend].check_key(key)
        except (KeyError, ValueError) as problem:
            self.add_error(field, f"It is no such key: {problem}")


admin.site.unregister(SendingAccount)


@admin.register(SendingAccount)
class AccountWithWebhookAdmin(SendingAccountAdmin):
    form = AccountWithWebhookForm
    readonly_fields = [
        *SendingAccountAdmin.readonly_fields, "tracking_address", "inbound_address",
        "secret_since", "signatures",
    ]  # fmt: skip
    actions_detail = ["new_webhook_address"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the webhook's secrets, as without the account's."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                webhook_since=F("webhook__secret_since"),
                signs_tracking=~Q(webhook__tracking_key="") & Q(webhook__isnull=False),
                signs_inbound=~Q(webhook__inbound_key="") & Q(webhook__isnull=False),
            )
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        provider = PROVIDERS.get(obj.backend) if obj is not None else None
        if provider is None:
            return fieldsets
        fields: list[Any] = ["tracking_address", "inbound_address", "secret_since"]
        if provider.signs:
            fields.append("signatures")
            if self.has_change_permission(request, obj):
                fields.append(("new_tracking_key", "new_inbound_key"))
        return [*fieldsets, ("Webhooks", {"fields": fields})]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        account = self.get_object(request, object_id)
        has_webhooks = account is not None and account.backend in PROVIDERS
        return super().get_actions_detail(request, object_id) if has_webhooks else []

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What its provider told goes with an account; nobody deletes that by itself."""
        deletable, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        missing_rights.discard(ProviderEvent._meta.verbose_name)
        return deletable, counts, missing_rights, protected

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        webhook = ProviderWebhook.objects.filter(pk=obj.pk)
        if "backend" in form.changed_data:  # another provider must not speak in its name
            webhook.delete()
        given = {name: form.cleaned_data.get(f"new_{name}") for name in _KEYS}
        if any(given.values()):
            webhook.update(**{name: key for name, key in given.items() if key})

    @action(
        description="New webhook address",
        permissions=["change"],
        icon="webhook",
        variant=ActionVariant.WARNING,
        dialog={
            "title": "New webhook address?",
            "description": "Addresses with a new secret are made and shown, once. The provider "
            "has to be given them at once: the ones before work no more.",
            "form_class": None,
            "form_submit_text": "Make and show",
        },
    )
    def new_webhook_address(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        account: Any = self.get_object(request, object_id)
        addresses = addresses_of(account, make_secret(account))
        self.log_change(request, account, "Made a new webhook secret.")
        context = {
            "provider": account.get_backend_display(),
            "addresses": {_PURPOSES[purpose]: url for purpose, url in addresses.items()},
        }
        answer = render(request, "tracking/admin/new_addresses.html", context)
        add_never_cache_headers(answer)
        return answer

    @admin.display(description="address for events")
    def tracking_address(self, account: Any) -> str:
        return _shown(account, "tracking")

    @admin.display(description="address for answers")
    def inbound_address(self, account: Any) -> str:
        return _shown(account, "inbound")

    @admin.display(description="secret since")
    def secret_since(self, account: Any) -> Any:
        return account.webhook_since

    @admin.display(description="signatures asked for")
    def signatures(self, account: Any) -> str:
        asked = {"events": account.signs_tracking, "answers": account.signs_inbound}
        return " and ".join(name for name, is_asked in asked.items() if is_asked) or "none"


def _shown(account: Any, purpose: str) -> str:
    if account.webhook_since is None:
        return "None yet. “New webhook address” makes one."
    return addresses_of(account, _HIDDEN)[purpose]
