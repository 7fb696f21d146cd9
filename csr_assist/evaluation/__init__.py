"""How well a detector hears: metrics, measuring sets and reports."""

from __future__ import annotations

from csr_assist.evaluation.measure import Report, measure
from csr_assist.evaluation.report import report_tables, to_json

__all__ = ["Report", "measure", "report_tables", "to_json"]
