"""How often the playbook's situation is found for a sentence that the search has not seen, and how often rightly named.

    python benchmarks/topics.py

The shipped playbook says in some 18 sentences a situation how it is heard. A twelfth of them is taken out at a time and
searched for among the rest: by the index as it is, by the nearest sentence alone, and in the middle of a story of years
and anger. Writes ``topics.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csr_assist.advice.options import Match, OptionIndex, heard
from csr_assist.advice.playbook import Lines, Playbook, load_playbook
from csr_assist.conversation import Language, Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.shipped import MODEL, PLAYBOOK

HERE = Path(__file__).parent
FOLDS = 12
STORIES = {
    Language.ENGLISH: "Look, I've always been happy with you, but {}. I'm so fed up with this.",
    Language.INDONESIAN: "Dari dulu saya selalu puas, tapi {}. Capek saya begini terus.",
    Language.PERSIAN: "همیشه ازتون راضی بودم ولی {}. خسته شدم دیگه.",
}
"""What people say around their trouble: it must not hide what the trouble is."""
Matrix = NDArray[np.float32]


def without(playbook: Playbook, out: NDArray[np.bool_]) -> Playbook:
    """The playbook less the sentences that are ``out``, in the order of ``heard``."""
    left = iter(~out)
    situations = []
    for situation in playbook.situations:
        lines = {one.value: tuple(line for line in situation.heard.of(one) if next(left)) for one in Language}
        situations.append(situation.model_copy(update={"heard": Lines.model_construct(None, **lines)}))
    return playbook.model_copy(update={"situations": tuple(situations)})


def held_out(playbook: Playbook, vectors: Matrix, asked: Matrix, seed: int = 0) -> list[list[Match]]:
    """What is found for ``asked``, a vector a sentence, the best first, while the search does not know the sentence."""
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(vectors))
    found: list[list[Match]] = [[] for _ in vectors]
    for number in range(FOLDS):
        index = OptionIndex(without(playbook, fold == number), vectors[fold != number])
        for place in np.flatnonzero(fold == number):
            found[place] = index.search([asked[place].tolist()], frozenset())
    return found


def nearest(playbook: Playbook, vectors: Matrix) -> float:
    """Share of sentences whose nearest other sentence is of their situation."""
    owner = np.array([place for place, _ in heard(playbook)])
    apart = vectors - vectors.mean(axis=0)
    apart /= np.linalg.norm(apart, axis=1, keepdims=True)
    like = apart @ apart.T
    np.fill_diagonal(like, -1.0)
    return float(np.mean(owner[like.argmax(axis=1)] == owner))


def figures(playbook: Playbook, vectors: Matrix, stories: Mapping[str, Matrix]) -> dict[str, Any]:
    """Shares of sentences, and of what would be spoken of and named; and of the same sentences in stories."""
    true = [playbook.situations[place].id for place, _ in heard(playbook)]
    all_of = held_out(playbook, vectors, vectors)
    found = [[match.situation.id for match in some] for some in all_of]
    spoken = [(some[0].situation.id, right) for some, right in zip(all_of, true, strict=True) if some[0].leads]
    named = [(some[0].situation.id, right) for some, right in zip(all_of, true, strict=True) if some[0].sure]
    return {
        "situations": len(playbook.situations),
        "sentences": len(true),
        "first": first(all_of, true),
        "first_three": float(np.mean([right in some[:3] for some, right in zip(found, true, strict=True)])),
        "fits": float(np.mean([some[0].fits for some in all_of])),
        "spoken": len(spoken) / len(true),
        "spoken_rightly": float(np.mean([one == right for one, right in spoken])) if spoken else 0.0,
        "named": len(named) / len(true),
        "named_rightly": float(np.mean([one == right for one, right in named])) if named else 0.0,
        "nearest_sentence": nearest(playbook, vectors),
    } | {name: first(held_out(playbook, vectors, asked), true) for name, asked in stories.items()}


def first(found: Sequence[Sequence[Match]], true: Sequence[str]) -> float:
    """Share that comes first."""
    return float(np.mean([some[0].situation.id == right for some, right in zip(found, true, strict=True)]))


def told(playbook: Playbook) -> list[str]:
    """Every sentence in the middle of a customer's story, in the order of ``heard``."""
    lines = ((one, line) for each in playbook.situations for one in Language for line in each.heard.of(one))
    return [STORIES[one].format(line) for one, line in lines]


def main() -> None:
    """Measure and write ``topics.json``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--model", type=Path, default=MODEL, help="folder of the detector; the shipped one if not given"
    )
    parser.add_argument("--output", type=Path, default=HERE / "topics.json")
    asked = parser.parse_args()
    playbook, detector = load_playbook(PLAYBOOK), OnnxDetector(asked.model)
    vectors = detector.meanings([text for _, text in heard(playbook)])
    turns = told(playbook)
    readings = detector.read([Utterance(Speaker.CUSTOMER, turn) for turn in turns])
    about = np.array([reading.meaning for reading in readings], dtype=np.float32)
    stories = {"story_first": about, "story_first_by_the_whole_turn": detector.meanings(turns)}
    found = {"detector": detector.manifest.name} | figures(playbook, vectors, stories)
    asked.output.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
