"""The admin pages of leads, their imports, their files and the suppression list."""

from leads.admin import files, imports, leads, suppressions

__all__ = ["files", "imports", "leads", "suppressions"]
