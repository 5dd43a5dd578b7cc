"""The periodic tasks under the theme of the rest (django-unfold: integrations/celery-beat).

What stands in `celerybeat-schedule` can only be switched on and off here: `migrate` would undo
any other change, and a person would wonder why.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from mailsuite.lib.admin import FilteredList
from mailsuite.schedule import OWNED


class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    """Unfold's looks around the choice of registered tasks."""


class TaskForm(beat.PeriodicTaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()


class SwitchForm(forms.ModelForm):
    """Of a task that stands in the file."""

    class Meta:
        model = PeriodicTask
        fields = ["enabled"]


for model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(model)


def is_owned(task: PeriodicTask | None) -> bool:
    return task is not None and task.description.startswith(OWNED)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(FilteredList, beat.PeriodicTaskAdmin, ModelAdmin):
    list_display = ["name", "purpose", "enabled", "interval", "last_run_at", "total_run_count"]
    list_filter = ["enabled"]
    list_select_related = ["interval", "crontab", "solar", "clocked"]
    date_hierarchy = None

    @display(description="what for")
    def purpose(self, task: PeriodicTask) -> str:
        return task.description.removeprefix(OWNED)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = SwitchForm if is_owned(obj) else TaskForm
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not is_owned(obj):
            return super().get_fieldsets(request, obj)
        names = ["enabled", "name", "purpose", "task", "interval", "last_run_at"]
        return [(None, {"fields": names})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not is_owned(obj):
            return super().get_readonly_fields(request, obj)
        return ["name", "purpose", "task", "interval", "last_run_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """`migrate` would bring it back."""
        return not is_owned(obj) and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> Any:
        """Deleting a selection would not ask whose each one is."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(FilteredList, ModelAdmin):
    list_display = ["__str__", "every", "period"]


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(FilteredList, ModelAdmin):
    list_display = ["__str__", "human_readable"]


@admin.register(SolarSchedule)
class SolarScheduleAdmin(FilteredList, ModelAdmin):
    list_display = ["__str__", "event"]


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(FilteredList, ModelAdmin):
    list_display = ["clocked_time"]
