"""A report on the plans of a workspace for whoever supervises them: chapters of tables, in several formats."""

from api.report.chapters import report
from api.report.files import FORMATS, write_report

__all__ = ["FORMATS", "report", "write_report"]
