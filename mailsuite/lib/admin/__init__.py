"""What the admin pages of all apps are made of."""

from mailsuite.lib.admin.acting import Deed, run_for_each
from mailsuite.lib.admin.pages import PartialSaveAdmin, ReadOnlyAdmin, ReadOnlyTable
from mailsuite.lib.admin.paginator import EstimatingPaginator

__all__ = [
    "Deed",
    "EstimatingPaginator",
    "PartialSaveAdmin",
    "ReadOnlyAdmin",
    "ReadOnlyTable",
    "run_for_each",
]
