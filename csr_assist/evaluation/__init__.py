"""How well a detector hears: metrics, measuring sets, rivals and reports."""

from __future__ import annotations

from csr_assist.evaluation.measure import Report, measure
from csr_assist.evaluation.picture import draw
from csr_assist.evaluation.report import report_tables, to_json
from csr_assist.evaluation.rivals import all_rivals

__all__ = ["Report", "all_rivals", "draw", "measure", "report_tables", "to_json"]
