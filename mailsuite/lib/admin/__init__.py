"""What the admin pages of all apps are made of."""

from mailsuite.lib.admin.acting import Deed, run_for_each
from mailsuite.lib.admin.fields import WeekdaysField
from mailsuite.lib.admin.forms import ServiceAdmin, ServiceForm
from mailsuite.lib.admin.pages import (
    BigTable,
    FilteredList,
    PartialSaveAdmin,
    ReadOnlyAdmin,
    ReadOnlyTable,
    SlimFields,
)
from mailsuite.lib.admin.secrets import SecretAdmin, SecretForm

__all__ = [
    "BigTable",
    "Deed",
    "FilteredList",
    "PartialSaveAdmin",
    "ReadOnlyAdmin",
    "ReadOnlyTable",
    "SecretAdmin",
    "SecretForm",
    "ServiceAdmin",
    "ServiceForm",
    "SlimFields",
    "WeekdaysField",
    "run_for_each",
]
