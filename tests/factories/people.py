from __future__ import annotations

import factory
from django.contrib.auth.models import Group, User
from factory.django import DjangoModelFactory


class UserFactory(DjangoModelFactory):
    """A person who may log in to the admin: `UserFactory(groups=["marketer"])`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    is_staff = True

    @factory.post_generation
    def groups(user: User, create: bool, names: list[str] | None) -> None:  # noqa: N805
        if create and names:
            user.groups.set(Group.objects.filter(name__in=names))
