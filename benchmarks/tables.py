"""The tables of README, benchmarks/README.md and the model card, made from what was measured: none is typed by hand.

python benchmarks/tables.py          prints them
python benchmarks/tables.py --write  puts them into their files
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = (HERE.parent / "README.md", HERE / "README.md", HERE.parent / "models" / "detector" / "README.md")
OURS = "CSR Assist"
SEEN = {
    "airline_negative": "no tweet at all",
    "chatbot_churn": "nothing of it",
    "churn_sentences": "nothing of it",
    "cues_gold: any dissatisfaction": "nothing of it; sets calibration and thresholds",
    "fa_food_negative": "no public Persian text at all",
    "fa_tweet_angry": "no public Persian text at all",
    "id_cellular_negative": "other Indonesian tweets and reviews",
    "id_review_unhappy": "other Indonesian tweets and reviews",
    "loyalty_sentences": "nothing of it",
    "maia_dissatisfied": "nothing of it",
    "refusal_sentences": "nothing of it",
    "review_complaint": "the other half of its source",
    "tweet_complaint": "no tweet at all",
}
"""What training saw of a measuring set's source."""
WHAT = {
    "airline_negative": "airline tweets, negative",
    "chatbot_churn": "chatbot messages, intent to leave",
    "churn_sentences": "churn threat against neutral cancelling",
    "cues_gold: any dissatisfaction": "any dissatisfaction cue, labelled sentences",
    "fa_food_negative": "Persian food reviews, negative",
    "fa_tweet_angry": "Persian tweets, angry (at anything)",
    "id_cellular_negative": "Indonesian tweets to mobile operators, negative",
    "id_review_unhappy": "Indonesian shop reviews, unhappy",
    "loyalty_sentences": "loyalty statements against near-misses",
    "maia_dissatisfied": "support chats, dissatisfied",
    "refusal_sentences": "agents' refusals",
    "review_complaint": "product reviews, complaint",
    "tweet_complaint": "tweets to brands, complaint",
}


def _read(name: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return figures


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def ranking() -> str:
    """AUC of every set: the detector, its rivals, and a classifier trained on the set itself."""
    by_set, own = _read("quality.json")["rankings"], _read("own.json")
    rivals = [name for name in next(iter(by_set.values())) if name != OURS]

    def rows() -> Iterator[list[str]]:
        for name, by in by_set.items():
            figures = [
                f"**{by[OURS]['auc']:.3f}**",
                f"{own[name]:.3f}",
                *(f"{by[rival]['auc']:.3f}" for rival in rivals),
            ]
            yield [WHAT[name], f"{by[OURS]['turns']:,}", *figures, SEEN[name]]

    return _table(["set", "turns", OURS, "trained on the set itself", *rivals, "seen in training"], rows())


def labels() -> str:
    """Precision, recall and F1 of every label with its interval."""
    by_label = _read("quality.json")["labels"]["cues_gold"]["by_label"]

    def rows() -> Iterator[list[str]]:
        for name, f in by_label.items():
            if f["count"]:
                low, high = f["interval"]
                figures = [f"{f[key]:.2f}" for key in ("precision", "recall", "f1")]
                yield [f"`{name}`", str(f["count"]), *figures, f"{low:.2f} to {high:.2f}"]

    return _table(["label", "in the set", "precision", "recall", "F1", "95 %"], rows())


def summary() -> str:
    """The labelled set and the calm turns in one paragraph."""
    quality, halves = _read("quality.json"), _read("halvings.json")
    gold, calm = quality["labels"]["cues_gold"], quality["false_alarms"]["calm"]
    low, high = gold["interval"]
    rivals = ", ".join(f"{name} {share:.1%}" for name, share in calm.items() if name != OURS)
    return (
        f"All labels together, on {halves['turns']} real sentences, scored where two readers agreed: **micro-F1 "
        f"{gold['micro_f1']:.2f}** (95 % interval {low:.2f} to {high:.2f}; {halves['micro_f1']:.2f} where the "
        f"thresholds of one half are measured on the other; the two readers agreed with each other at 0.91). "
        f"Of the right cues {gold['touched']:.0%} point at the evidence (F1 of the characters {gold['overlap']:.2f}); "
        f"the calibration error of `dissatisfaction` is {gold['calibration_error']:.3f}. Of the turns of calm "
        f"customers {calm[OURS]:.1%} show a dissatisfaction cue ({rivals})."
    )


def languages() -> str:
    """The project's own turns by language: the half that nobody looked at, and the half whose errors were read."""
    measured = _read("languages.json")
    rivals = [name for name in next(iter(measured["rankings"].values())) if name != OURS]

    def rows() -> Iterator[list[str]]:
        for language in ("English", "Indonesian", "Persian"):
            read, fresh = (f"{language.lower()}-{part}" for part in "ab")
            labelled, ranked = measured["labels"][fresh], measured["rankings"][f"{fresh}: any dissatisfaction"]
            low, high = labelled["interval"]
            yield [
                language,
                f"{labelled['turns']}",
                f"**{labelled['micro_f1']:.2f}** ({low:.2f} to {high:.2f})",
                f"{measured['labels'][read]['micro_f1']:.2f} ({measured['labels'][read]['turns']})",
                f"**{ranked[OURS]['auc']:.3f}**",
                *(f"{ranked[rival]['auc']:.3f}" for rival in rivals),
            ]

    head = ["language", "turns", "all labels, micro-F1 (95 %)", "the half whose errors were read (turns)"]
    return _table([*head, f"any dissatisfaction, AUC: {OURS}", *rivals], rows())


def speed() -> str:
    """Milliseconds a turn and turns a second, with the base encoder as 1."""
    measured = _read("speed.json")["figures"]
    base = next(iter(measured.values()))

    def rows() -> Iterator[list[str]]:
        for name, f in measured.items():
            faster = f["turns_per_second"] / base["turns_per_second"]
            yield [
                name,
                f"{f['p50_ms']:.1f} ms ({f['p50_ms'] / base['p50_ms']:.2f})",
                f"{f['p95_ms']:.1f} ms ({f['p95_ms'] / base['p95_ms']:.2f})",
                f"{f['turns_per_second']:.0f} a second ({faster:.1f})",
            ]

    return _table(["one core, one turn at a time", "p50 (ratio)", "p95 (ratio)", "all cores, many (ratio)"], rows())


def topics() -> str:
    """How often the playbook's situation is found, and named."""
    f = _read("topics.json")
    return (
        f"Of {f['sentences']} sentences in three languages, each taken out of the playbook's {f['situations']} "
        f"situations in its turn, **{f['first']:.0%}** find their own situation first and {f['first_three']:.0%} among "
        f"the first three (the nearest sentence alone: {f['nearest_sentence']:.0%}). For {f['spoken']:.0%} a reply "
        f"speaks of an option of the situation that comes first, and {f['spoken_rightly']:.0%} of these are right; "
        f"elsewhere it speaks of one that fits any trouble. It names the situation for {f['named']:.0%}, and "
        f"{f['named_rightly']:.0%} of the names are right. In the middle of a story of years and anger "
        f"{f['story_first']:.0%} come first ({f['story_first_by_the_whole_turn']:.0%} by the whole turn's meaning)."
    )


def load() -> str:
    """How long after its post a turn is acknowledged, streamed and shown, and what was lost."""
    measured = _read("load.json")
    about, turns, figures = measured["about"], measured["turns"], measured["figures"]
    stages = {
        "acknowledged": "kept and acknowledged with its update",
        "streamed": "on the event stream",
        "shown": "on a desk in Chromium",
    }

    def rows() -> Iterator[list[str]]:
        for key, stage in stages.items():
            if f := figures[key]:
                times = [f"{f[name]:,.0f} ms" for name in ("p50_ms", "p95_ms", "p99_ms", "worst_ms")]
                yield [stage, f"{f['turns']:,}", *times]

    return (
        f"{about['conversations']} conversations at once, each with a turn every {about['every']:g} s for "
        f"{about['seconds']:g} s: {turns['posted']:,} turns posted, {turns['acknowledged']:,} acknowledged, "
        f"**{turns['lost']} lost**. Server, clients and browser with {about['screens']} desks shared "
        f"{about['cores']} cores ({about['processor']}); the server took {about['server_peak_mb']:,.0f} MB at most.\n\n"
        + _table(["from the post until the turn is", "turns", "p50", "p95", "p99", "worst"], rows())
    )


TABLES = {
    "summary": summary,
    "ranking": ranking,
    "languages": languages,
    "labels": labels,
    "speed": speed,
    "topics": topics,
    "load": load,
}


def filled(text: str) -> str:
    """The text with every ``<!-- table NAME -->`` ... ``<!-- end -->`` made anew."""
    for name, table in TABLES.items():
        start, end = f"<!-- table {name} -->\n", "<!-- end -->"
        if start in text:
            before, _, rest = text.partition(start)
            text = before + start + table() + "\n" + end + rest.partition(end)[2]
    return text


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        for path in FILES:
            path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n".join(table() for table in TABLES.values()))


if __name__ == "__main__":
    main()
