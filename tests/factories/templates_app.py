from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from templates_app.models import Template, TemplateVersion


class TemplateFactory(DjangoModelFactory):
    """A template with its first version, which is the current one.

    What the version says can be given: `TemplateFactory(version__subject="Hallo")`.
    """

    class Meta:
        model = Template
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"template {n}")

    @factory.post_generation
    def version(template: Template, create: bool, extracted: object, **fields: object) -> None:  # noqa: N805
        if create:
            template.current_version = TemplateVersionFactory(template=template, **fields)
            template.save(update_fields=["current_version"])


class TemplateVersionFactory(DjangoModelFactory):
    class Meta:
        model = TemplateVersion

    template = factory.SubFactory(TemplateFactory)
    number = factory.LazyAttribute(lambda version: version.template.versions.count() + 1)
    subject = "Hello {{ lead.company }}"
    html = "<p>Hello {{ lead.company }}</p>"
    required_variables = ["lead.company"]
