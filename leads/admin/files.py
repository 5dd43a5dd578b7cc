from __future__ import annotations

from django.contrib import admin

from leads.models import ImageAsset, Report
from mailsuite.lib.admin import PartialSaveAdmin


@admin.register(ImageAsset)
class ImageAssetAdmin(PartialSaveAdmin):
    list_display = ["key", "width", "height", "created_at"]
    search_fields = ["key"]
    fields = ["key", "file"]


@admin.register(Report)
class ReportAdmin(PartialSaveAdmin):
    list_display = ["lead", "filename", "created_at"]
    list_select_related = ["lead"]
    search_fields = ["lead__email", "filename"]
    autocomplete_fields = ["lead"]
    fields = ["lead", "file", "filename"]
