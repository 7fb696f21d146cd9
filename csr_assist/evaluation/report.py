"""A report as tables for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.table import Table

from csr_assist.evaluation.measure import Labelled, Ranking, Report


def report_tables(report: Report) -> Iterator[Table]:
    """One table a kind of set, and one of the calibration."""
    for name, figures in report.labelled.items():
        yield _label_table(name, figures)
        yield _reliability_table(name, figures)
    for title, figure in (("AUC", "auc"), ("average precision", "average_precision"), ("F1 as shown", "f1")):
        if report.rankings:
            yield _ranking_table(report.rankings, title, figure)
    if report.false_alarms:
        rivals = list(next(iter(report.false_alarms.values())))
        table = Table("calm turns with a cue shown", *rivals, title="False alarms")
        for name, shares in report.false_alarms.items():
            table.add_row(name, *(f"{share:.1%}" for share in shares.values()))
        yield table


def _ranking_table(rankings: dict[str, dict[str, Ranking]], title: str, figure: str) -> Table:
    table = Table("set", "turns", "positive", *next(iter(rankings.values())), title=title)
    for name, by in rankings.items():
        first = next(iter(by.values()))
        table.add_row(
            name, str(first.turns), str(first.positives), *(f"{getattr(one, figure):.3f}" for one in by.values())
        )
    return table


def _label_table(name: str, figures: Labelled) -> Table:
    table = Table("label", "in the set", "precision", "recall", "F1", "95 %", title=name)
    for label, interval in figures.intervals.items():
        counts = figures.counts[label]
        table.add_row(
            label.value,
            str(counts.right + counts.missed),
            *(f"{figure:.2f}" for figure in (counts.precision, counts.recall, counts.f1)),
            "{:.2f} to {:.2f}".format(*interval),
        )
    table.add_section()
    micro = figures.micro
    table.add_row(
        "all (micro)",
        str(micro.right + micro.missed),
        f"{micro.precision:.2f}",
        f"{micro.recall:.2f}",
        f"{micro.f1:.3f}",
        "{:.3f} to {:.3f}".format(*figures.interval),
    )
    table.caption = (
        f"right cues whose span touches the evidence {figures.touched:.0%}, "
        f"F1 of their characters {figures.overlap:.2f}"
    )
    return table


def _reliability_table(name: str, figures: Labelled) -> Table:
    table = Table("turns", "said", "true", title=f"{name}: probability of dissatisfaction")
    for one in figures.reliability:
        table.add_row(str(one.turns), f"{one.said:.2f}", f"{one.true:.2f}")
    table.caption = f"expected calibration error {figures.calibration:.3f}"
    return table


def to_json(report: Report) -> str:
    """All figures, by set."""
    labelled = {
        name: {
            "turns": figures.turns,
            "micro_f1": figures.micro.f1,
            "interval": figures.interval,
            "touched": figures.touched,
            "overlap": figures.overlap,
            "calibration_error": figures.calibration,
            "reliability": [asdict(one) for one in figures.reliability],
            "by_label": {
                label.value: {
                    "precision": counts.precision,
                    "recall": counts.recall,
                    "f1": counts.f1,
                    "interval": figures.intervals.get(label),
                    "count": counts.right + counts.missed,
                }
                for label, counts in figures.counts.items()
            },
        }
        for name, figures in report.labelled.items()
    }
    rankings = {name: {who: asdict(one) for who, one in by.items()} for name, by in report.rankings.items()}
    return json.dumps({"labels": labelled, "rankings": rankings, "false_alarms": report.false_alarms}, indent=1) + "\n"
