from __future__ import annotations

from csr_assist.conversation import Language, Speaker
from csr_assist.labels import Label
from csr_assist.training.corpus import Example, parse_marked
from csr_assist.training.inventory import Inventory, inventory


def example(marked: str, language: Language = Language.ENGLISH, context: str = "", trade: str = "telecom") -> Example:
    text, evidence = parse_marked(marked, Speaker.CUSTOMER)
    return Example("x", "x", Speaker.CUSTOMER, language, text, context, evidence, "call", trade)


def test_turns_and_labels_are_counted_by_language() -> None:
    counts = inventory(
        [
            example("<tenure>six years</tenure>, <frustration>no</frustration>, <tenure>since 2012</tenure>"),
            example("<tenure>enam tahun</tenure>", Language.INDONESIAN, context="Ya?", trade="bank"),
            example("hello"),
        ]
    )
    assert counts.total == 3
    assert counts.turns == {Language.ENGLISH: 2, Language.INDONESIAN: 1}
    assert counts.labels == {
        (Label.TENURE, Language.ENGLISH): 1,
        (Label.FRUSTRATION, Language.ENGLISH): 1,
        (Label.TENURE, Language.INDONESIAN): 1,
    }
    assert (counts.silent, counts.with_context, len(counts.trades)) == (1, 1, 2)


def test_nothing_counts_as_nothing() -> None:
    assert inventory([]) == Inventory()
    assert Inventory().total == 0
