"""A report as one picture: ranking against the rivals, every label, and said against true."""

from __future__ import annotations

from pathlib import Path

from csr_assist.errors import CsrAssistError, InputError
from csr_assist.evaluation.measure import OURS, Labelled, Ranking, Report

ENDINGS = (".png", ".svg", ".pdf")
_INK, _OURS, _RIVAL, _LINE = "#1f2933", "#0f766e", "#9aa5b1", "#d9e2ec"
_MARKERS = "osD^v"


def draw(report: Report, path: Path) -> None:
    """Write the picture, in the format of the path's ending.

    Raises:
        InputError: the ending is none of ``.png .svg .pdf``, or there is nothing to draw.
        CsrAssistError: matplotlib is not installed.
    """
    if path.suffix not in ENDINGS:
        raise InputError(f"{path}: a picture ends in {', '.join(ENDINGS)}")
    if not report.rankings and not report.labelled:
        raise InputError(f"{path}: no ranked and no labelled set, so there is nothing to draw")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise CsrAssistError("a picture needs more packages: pip install 'csr-assist[evaluate]'") from None
    labelled = next(iter(report.labelled.values()), None)
    figure = Figure(figsize=(14, 6.4), layout="constrained", facecolor="white")
    axes = figure.subplots(1, 3, width_ratios=(1.25, 1.25, 1))
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(colors=_INK, labelsize=9)
    if report.rankings:
        _rankings(axes[0], report.rankings)
    if labelled:
        _labels(axes[1], labelled)
        _reliability(axes[2], labelled)
    figure.savefig(path, dpi=120)


def _rankings(axes, rankings: dict[str, dict[str, Ranking]]) -> None:  # type: ignore[no-untyped-def]
    names = sorted(rankings, key=lambda name: rankings[name][OURS].auc)
    for rank, who in enumerate(next(iter(rankings.values()), {})):
        own = who == OURS
        axes.plot(
            [rankings[name][who].auc for name in names],
            range(len(names)),
            _MARKERS[rank % len(_MARKERS)],
            color=_OURS if own else _RIVAL,
            fillstyle="full" if own else "none",
            markersize=8 if own else 6,
            label=who,
        )
    axes.axvline(0.5, color=_LINE, zorder=0)
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.grid(axis="y", color=_LINE, linewidth=0.6)
    axes.set_title("AUC: do the right turns come first?", loc="left", color=_INK, fontsize=11)
    axes.legend(frameon=False, fontsize=9, ncols=4, loc="upper center", bbox_to_anchor=(0.4, -0.05))


def _labels(axes, figures: Labelled) -> None:  # type: ignore[no-untyped-def]
    shown = sorted(figures.intervals, key=lambda label: figures.counts[label].f1)
    scores = [figures.counts[label].f1 for label in shown]
    lows = [score - min(score, figures.intervals[label][0]) for label, score in zip(shown, scores, strict=True)]
    highs = [max(score, figures.intervals[label][1]) - score for label, score in zip(shown, scores, strict=True)]
    names = [
        f"{label.value.replace('_', ' ')} ({figures.counts[label].right + figures.counts[label].missed})"
        for label in shown
    ]
    axes.barh(range(len(shown)), scores, color=_OURS, alpha=0.85, height=0.6)
    axes.errorbar(scores, range(len(shown)), xerr=[lows, highs], fmt="none", ecolor=_INK, elinewidth=0.8)
    axes.set_yticks(range(len(shown)), names)
    axes.set_xlim(0, 1)
    axes.set_title(
        f"F1 of every label, 95 % interval (all: {figures.micro.f1:.2f})", loc="left", color=_INK, fontsize=11
    )


def _reliability(axes, figures: Labelled) -> None:  # type: ignore[no-untyped-def]
    axes.plot([0, 1], [0, 1], color=_LINE)
    said, true = [b.said for b in figures.reliability], [b.true for b in figures.reliability]
    axes.plot(said, true, color=_OURS, linewidth=1)
    axes.scatter(said, true, [8 + 2 * b.turns for b in figures.reliability], color=_OURS, alpha=0.8)
    axes.set_xlabel("said: probability of dissatisfaction", color=_INK)
    axes.set_ylabel("true: share of these turns", color=_INK)
    axes.set_aspect("equal")
    axes.set_title(f"Calibration (error {figures.calibration:.3f})", loc="left", color=_INK, fontsize=11)
