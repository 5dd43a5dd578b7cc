from leads.models.assets import ImageAsset, Report
from leads.models.imports import ImportRefusal, LeadImport
from leads.models.leads import Lead
from leads.models.suppressions import Suppression

__all__ = ["ImageAsset", "ImportRefusal", "Lead", "LeadImport", "Report", "Suppression"]
