from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from campaigns.flow_saving import StepDraft, update_flow
from campaigns.models import Flow, FlowStep, FlowVersion
from mailsuite.lib.admin import FilteredList, PartialSaveAdmin, ReadOnlyAdmin, ReadOnlyTable
from mailsuite.lib.errors import Refusal


class _Undone(Exception):
    """Ends a trial."""


class StepsFormSet(forms.BaseInlineFormSet):
    """The steps of a new version. Kept by the service; here they are tried out, so that what is
    wrong with them is said beside them."""

    def clean(self) -> None:
        super().clean()
        flow = self.instance.flow if self.instance.flow_id else None
        if any(self.errors) or flow is None:
            return
        try:
            with transaction.atomic():
                update_flow(flow, steps=self.drafts())
                raise _Undone
        except _Undone:
            pass
        except Refusal as refusal:
            raise ValidationError(refusal.message) from refusal

    def drafts(self) -> list[StepDraft]:
        given = [form.cleaned_data for form in self.forms if form.has_changed()]
        kept = [data for data in given if data and not data.get("DELETE")]
        return [
            StepDraft(
                kind=data["kind"],
                template_id=data["template"].pk if data["template"] else None,
                alias_name=data["alias_name"],
                attach_report=data["attach_report"],
                delay=data["delay"],
                delay_unit=data["delay_unit"],
            )
            for data in kept
        ]


class StepForm(forms.ModelForm):
    class Meta:
        model = FlowStep
        fields = ["kind", "template", "alias_name", "attach_report", "delay", "delay_unit"]

    def _post_clean(self) -> None:
        """The service checks whole flows; a step on its own has no position yet."""

    def has_changed(self) -> bool:
        """A row that was copied from the version before counts as well as one that was typed."""
        return bool(self.data.get(self.add_prefix("kind")))


class NewSteps(TabularInline):
    model = FlowStep
    form = StepForm
    formset = StepsFormSet
    extra = 7
    autocomplete_fields = ["template"]
    verbose_name_plural = "steps, in order: mails and the waits between them"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("campaigns.view_flow")


class StepTable(ReadOnlyTable):
    model = FlowStep
    fields = [
        "position", "kind", "mail_number", "template", "alias_name", "attach_report", "delay",
        "delay_unit",
    ]  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("template")


class VersionTable(ReadOnlyTable):
    model = FlowVersion
    fields = ["number", "summary", "created_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        steps = FlowStep.objects.select_related("template").order_by("position")
        return super().get_queryset(request).prefetch_related(Prefetch("steps", steps))

    @admin.display(description="steps")
    def summary(self, version: FlowVersion) -> str:
        return " → ".join(str(step) for step in version.steps.all())


@admin.register(Flow)
class FlowAdmin(PartialSaveAdmin):
    list_display = ["name", "description", "newest", "created_at"]
    search_fields = ["name", "description"]
    fields = ["name", "description"]
    inlines = [VersionTable]
    actions_detail = ["change_steps"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(newest=Max("versions__number"))

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [VersionTable]

    @admin.display(description="version", ordering="newest")
    def newest(self, flow: Any) -> int | None:
        return flow.newest

    @action(description="Change the steps", permissions=["change"], icon="edit")
    def change_steps(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A link: it changes nothing yet."""
        page = reverse("admin:campaigns_flowversion_add")
        return HttpResponseRedirect(f"{page}?flow={object_id}")

    def response_add(self, request: HttpRequest, obj: Flow, *args: Any) -> HttpResponse:
        """A flow without steps sends nothing: go on to them."""
        super().response_add(request, obj, *args)
        return HttpResponseRedirect(f"{reverse('admin:campaigns_flowversion_add')}?flow={obj.pk}")


@admin.register(FlowVersion)
class FlowVersionAdmin(FilteredList, ModelAdmin):
    """Adding one is how the steps of a flow are changed; those there are stay as they are."""

    list_display = ["__str__", "flow", "number", "step_count", "created_at"]
    list_select_related = ["flow"]
    search_fields = ["flow__name"]
    ordering = ["-created_at"]
    fields = ["flow"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description="steps")
    def step_count(self, version: FlowVersion) -> int:
        return len(version.steps.all())

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [NewSteps] if obj is None else [StepTable]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if "flow" in form.base_fields:
            form.base_fields["flow"].required = True
        return form

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Begin with the steps of the version before."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, NewSteps) and request.method == "GET":
            flow = request.GET.get("flow", "")
            kwargs["initial"] = _steps_of(int(flow)) if flow.isdecimal() else []
        return kwargs

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Made with its steps, by the service."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        (steps,) = formsets
        flow = update_flow(form.instance.flow, steps=steps.drafts())
        form.instance.pk = flow.versions.order_by("-number").values_list("pk", flat=True)[0]
        form.instance.refresh_from_db()

    def construct_change_message(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        """Django would ask the formset what it has saved."""
        return [{"added": {}}]

    def response_add(self, request: HttpRequest, obj: FlowVersion, *args: Any) -> HttpResponse:
        super().response_add(request, obj, *args)
        return HttpResponseRedirect(reverse("admin:campaigns_flow_change", args=[obj.flow.pk]))  # type: ignore[union-attr]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _steps_of(flow_id: int) -> list[dict[str, Any]]:
    newest = FlowVersion.objects.filter(flow=flow_id).order_by("-number").first()
    steps = newest.steps.order_by("position") if newest else []
    return [{name: getattr(step, name) for name in StepForm.Meta.fields} for step in steps]


@admin.register(FlowStep)
class FlowStepAdmin(ReadOnlyAdmin):
    list_display = ["version", "position", "kind", "mail_number", "template", "alias_name"]
    list_select_related = ["version__flow", "template"]
    list_filter = ["kind"]
    search_fields = ["version__flow__name", "template__name"]
    ordering = ["-version", "position"]
