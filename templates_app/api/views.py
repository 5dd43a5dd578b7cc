"""Templates: what a mail says, with the variables that each lead fills in."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mailsuite.lib import clock
from mailsuite.lib.api.views import ApiViewSet
from templates_app import list_cache
from templates_app.api.serializers import (
    TemplateChange,
    TemplateCommand,
    TemplateDetail,
    TemplateItem,
    TemplateQuery,
    TemplateVersionItem,
    TemplateVersionQuery,
)
from templates_app.models import Template, TemplateVersion
from templates_app.saving import delete_template, save_template


@extend_schema(tags=["templates"])
class TemplateViewSet(ApiViewSet):
    rights = "templates_app.template"
    queryset = Template.objects.present().filter(current_version__isnull=False).with_current()

    @extend_schema(parameters=[TemplateQuery], responses=TemplateItem(many=True))
    def list(self, request: Request) -> Response:
        """Templates with their current text. Answered from a cache, which a change empties."""
        query = self.query(TemplateQuery)
        templates = _sorted(_searched(self.queryset.all(), query.get("search", "")), query)
        data = list_cache.remembered(
            request.query_params.urlencode(),
            lambda: self.page_of(templates, TemplateItem).data,
        )
        return Response(data)

    @extend_schema(responses=TemplateDetail)
    def retrieve(self, request: Request, template_id: int) -> Response:
        """One template with its variables, warnings and versions."""
        return self._detail(template_id)

    @extend_schema(request=TemplateCommand, responses={201: TemplateDetail})
    def create(self, request: Request) -> Response:
        """A new template. It is checked and tried out; what is wrong is told by part and line."""
        saved = save_template(by=cast(User, request.user), **self.validated(TemplateCommand))
        return self._detail(saved.template.pk, status=201)

    @extend_schema(request=TemplateChange, responses=TemplateDetail)
    def partial_update(self, request: Request, template_id: int) -> Response:
        """Change what is given. Campaigns under way keep the version they were launched with."""
        changes = self.validated(TemplateChange)
        template = self.found(self.queryset.all(), template_id)
        save_template(template, by=cast(User, request.user), **changes)
        return self._detail(template_id)

    @extend_schema(responses={200: None})
    def destroy(self, request: Request, template_id: int) -> Response:
        """Take it off the list. Campaigns that send it go on."""
        delete_template(self.found(self.queryset.all(), template_id), at=clock.now())
        return Response(None)

    @extend_schema(responses=TemplateVersionItem(many=True))
    def versions(self, request: Request, template_id: int) -> Response:
        """What the template said at each time, newest first."""
        self.query(TemplateVersionQuery)
        template = self.found(self.queryset.all(), template_id)
        versions = template.versions.select_related("created_by").order_by("-number")
        return self.page_of(versions, TemplateVersionItem)

    def _detail(self, template_id: int, status: int = 200) -> Response:
        summaries = TemplateVersion.objects.only("number", "created_at", "template_id")
        templates = self.queryset.prefetch_related(Prefetch("versions", summaries))
        return Response(TemplateDetail(self.found(templates, template_id)).data, status=status)


def _searched(templates: QuerySet[Template], search: str) -> QuerySet[Template]:
    return templates.filter(
        Q(name__icontains=search)
        | Q(description__icontains=search)
        | Q(current_version__subject__icontains=search)
    )


def _sorted(templates: QuerySet[Template], query: dict[str, Any]) -> QuerySet[Template]:
    sign = "-" if query["sort_order"] == "desc" else ""
    return templates.order_by(f"{sign}{query['sort_by']}", "id")
