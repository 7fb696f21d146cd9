"""A report as tables for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.table import Table

from csr_assist.evaluation.measure import Report


def report_tables(report: Report) -> Iterator[Table]:
    """One table a kind of set."""
    for name in report.labels:
        yield _label_table(report, name)
    if report.rankings:
        table = Table("set", "turns", "positive", "AUC", "AP", "F1", title="Ranking")
        for name, ranking in report.rankings.items():
            figures = (ranking.auc, ranking.average_precision, ranking.f1)
            table.add_row(name, str(ranking.turns), str(ranking.positives), *(f"{figure:.3f}" for figure in figures))
        yield table
    if report.false_alarms:
        table = Table("set", "turns with a dissatisfaction cue shown", title="False alarms on calm turns")
        for name, share in report.false_alarms.items():
            table.add_row(name, f"{share:.1%}")
        yield table


def _label_table(report: Report, name: str) -> Table:
    micro = report.micro(name)
    low, high = report.intervals[name]
    table = Table("label", "in the set", "precision", "recall", "F1", title=name)
    for label, counts in report.labels[name].items():
        if there := counts.right + counts.missed:
            figures = (counts.precision, counts.recall, counts.f1)
            table.add_row(label.value, str(there), *(f"{figure:.2f}" for figure in figures))
    table.add_section()
    table.add_row(
        "all (micro)",
        str(micro.right + micro.missed),
        f"{micro.precision:.2f}",
        f"{micro.recall:.2f}",
        f"{micro.f1:.3f}",
    )
    table.caption = (
        f"micro-F1 95 % interval {low:.3f} to {high:.3f}; right cues whose span touches the evidence "
        f"{report.overlap[name]:.0%}; calibration error of dissatisfaction {report.calibration[name]:.3f}"
    )
    return table


def to_json(report: Report) -> str:
    """All figures, by set."""
    figures = {
        "labels": {
            name: {
                "micro_f1": report.micro(name).f1,
                "interval": report.intervals[name],
                "overlap": report.overlap[name],
                "calibration_error": report.calibration[name],
                "by_label": {
                    label.value: {"precision": c.precision, "recall": c.recall, "f1": c.f1, "count": c.right + c.missed}
                    for label, c in per_label.items()
                },
            }
            for name, per_label in report.labels.items()
        },
        "rankings": {
            name: {"auc": r.auc, "average_precision": r.average_precision, "f1": r.f1, "turns": r.turns}
            for name, r in report.rankings.items()
        },
        "false_alarms": report.false_alarms,
    }
    return json.dumps(figures, indent=1)
