"""What replies need so that the card is never empty when there is something to say."""

from __future__ import annotations

from pathlib import Path

import pytest
from playbooks import Change, put, replies, say, written

from csr_assist.advice.playbook import MOST_WORDS, load_playbook
from csr_assist.advice.replies import compose
from csr_assist.conversation import Language
from csr_assist.errors import PlaybookError


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda f: replies(f, "deserved", "tenure").insert(0, "After {years}."), id="slots of a later part"
        ),
        pytest.param(lambda f: replies(f, "sorry").insert(0, "I'm sorry, {name}."), id="a name beside a bare line"),
        pytest.param(lambda f: replies(f, "offer").insert(0, "For {topic}, I can {say}."), id="an offer on a topic"),
        pytest.param(lambda f: say(f, 23), id="a way out of 23 words, with two more beside it"),
    ],
)
def test_every_moment_has_words_when_nothing_is_known(tmp_path: Path, change: Change) -> None:
    playbook = load_playbook(written(tmp_path, change))
    said = playbook.replies
    for language in Language:
        for part in (*said.hurts.values(), said.repair, said.thanks):
            assert compose([part.of(language)], {}, (), 0)
        for option in playbook.options:
            for part in (said.offer, said.instead):
                reply = compose([part.of(language)], {"say": option.say.of(language)}, (), 0)
                assert reply is not None
                assert len(reply.text.split()) <= MOST_WORDS


@pytest.mark.parametrize(
    ("change", "file", "key", "value"),
    [
        pytest.param(
            lambda f: f["replies.yaml"]["offer"]["id"].append("Bisa."),
            "replies.yaml",
            "offer",
            "'Bisa.' lacks the slot {say}",
            id="an offer of nothing",
        ),
        pytest.param(
            lambda f: f["replies.yaml"]["instead"]["fa"].append("بله."),
            "replies.yaml",
            "instead",
            "'بله.' lacks the slot {say}",
            id="nothing instead",
        ),
        pytest.param(
            lambda f: put(f, "Sorry for {topic}."),
            "replies.yaml",
            "hurts.frustration.en: one line must have no slot",
            "'Sorry for {topic}.'",
            id="hurt by a topic",
        ),
        pytest.param(
            lambda f: replies(f, "repair").__setitem__(0, "That was wrong, {name}."),
            "replies.yaml",
            "repair.en",
            "no slot",
            id="nothing to repair with when the name is not known",
        ),
        pytest.param(
            lambda f: replies(f, "thanks").__setitem__(0, "Thank you for {topic}."),
            "replies.yaml",
            "thanks.en",
            "no slot",
            id="no thanks when the topic is not known",
        ),
        pytest.param(
            lambda f: replies(f, "instead").__setitem__(0, "For {topic} I can {say}."),
            "replies.yaml",
            "instead.en: one line must have {say} once and no other slot",
            "'For {topic} I can {say}.'",
            id="nothing instead when the topic is not known",
        ),
        pytest.param(
            lambda f: replies(f, "offer").__setitem__(0, "I can {say}, {say}."),
            "replies.yaml",
            "offer.en",
            "{say} once and no other slot",
            id="an offer that says it twice",
        ),
        pytest.param(
            lambda f: say(f, 24),
            "fees.yaml",
            "waive_fee: say.en",
            "has 24 words; at most 23 fit",
            id="too long a way out",
        ),
        pytest.param(
            lambda f: say(f, 23, "What I can do is {say}."),
            "fees.yaml",
            "waive_fee: say.en",
            "has 23 words; at most 20 fit",
            id="too long to be said after a no",
        ),
        pytest.param(
            lambda f: say(f, 22, "What I can do is {say}.", "{topic}: {say}"),
            "fees.yaml",
            "waive_fee: say.en",
            "has 22 words; at most 20 fit",
            id="room only beside a topic",
        ),
    ],
)
def test_words_that_could_fail_are_refused(tmp_path: Path, change: Change, file: str, key: str, value: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(written(tmp_path, change))
    said = str(caught.value)
    assert said.startswith(f"{file}: ")
    assert key in said
    assert value in said
