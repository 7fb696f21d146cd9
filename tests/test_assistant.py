from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from doubles import PHRASES, advisor, assistant, turns
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.advice import Moment
from csr_assist.advice.playbook import MOST_WORDS, load_playbook
from csr_assist.alerts import alert_for
from csr_assist.assistant import Assistant, Update
from csr_assist.conversation import Customer, Language, Speaker, Turn
from csr_assist.cues import Cue, Reading
from csr_assist.detector import PhraseDetector
from csr_assist.facts import facts_of
from csr_assist.labels import Label
from csr_assist.language import language_of
from csr_assist.shipped import PLAYBOOK
from csr_assist.state import Band, CallState, after

CALL = turns(
    "C: I've been a customer for 6 years and I referred friends. Right now I'm very upset.",
    "A: Account number?",
    "C: It is 12.",
    "A: I'm afraid we can't do that.",
    "C: This is the third time. I'm leaving.",
    "A: I'm sorry about this.",
    "A: What I can do is send it today, and I'll call you tomorrow.",
    "C: Good, thank you.",
)

phrases = st.sampled_from([*PHRASES, "hello", "ok", "thank you", "the parcel is blue"])
anybody = st.sampled_from(list(Speaker))
calls = st.lists(
    st.tuples(st.sampled_from("ab"), anybody, st.lists(phrases, max_size=4).map(" ".join)), max_size=14
).map(lambda rows: [Turn(key, str(n), speaker, text) for n, (key, speaker, text) in enumerate(rows)])


def heard(call: list[Turn]) -> list[Update]:
    one = assistant()
    return [one.hear(turn) for turn in call]


def test_the_story_of_the_call_is_told_by_its_moments() -> None:
    moments = [update.prompt.moment if update.prompt else None for update in heard(CALL)]
    assert moments == [
        Moment.ACKNOWLEDGE,
        Moment.ACKNOWLEDGE,
        None,
        Moment.INSTEAD,
        Moment.ACKNOWLEDGE,
        Moment.OFFER,
        None,
        None,
    ]


def test_the_first_reply_names_the_years_and_holds_the_account_number_back() -> None:
    prompt = heard(CALL)[0].prompt
    assert prompt is not None
    assert "6 years" in prompt.say
    assert prompt.hold_back
    assert 1 <= len(prompt.options) <= 3
    assert {because.label for because in prompt.why} >= {Label.FRUSTRATION, Label.TENURE}


@pytest.mark.parametrize(
    ("before", "tenure", "after", "told"),
    [
        pytest.param("on this ", "plan for 2 years", ", I am very upset", False, id="the plan's"),
        pytest.param(
            "with this plan ", "since 2024", ", I am very upset", True, id="a year, on a day that is not known"
        ),
        pytest.param("", "customer for over 5 and a half years", ", I am very upset", True, id="nearly the same"),
        pytest.param("", "customer for ages", ", I am very upset", True, id="no number"),
        pytest.param(
            "", "customer for ages", ", for 2 years I am very upset", True, id="the number is of something else"
        ),
    ],
)
def test_a_time_that_is_not_the_customer_s_own_is_no_reason(before: str, tenure: str, after: str, told: bool) -> None:
    phrases = {**PHRASES, tenure: Label.TENURE, "for 2 years i am very upset": Label.FRUSTRATION}
    heard = Assistant(PhraseDetector(phrases), advisor())
    *_, last = heard.hear_all(turns("C: I've been a customer for 6 years", f"C: {before}{tenure}{after}"))
    assert Label.TENURE in last.reading.labels
    assert last.prompt is not None
    assert "6 years" in last.prompt.say
    assert (Label.TENURE in [because.label for because in last.prompt.why]) is told


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("C: Where is my parcel?", "A: It arrives on Monday.", "C: Great, thanks!"), id="calm call"),
        pytest.param(("C: I've been a customer for 6 years, love it.",), id="loyal and happy"),
        pytest.param(("S: The caller is very upset.",), id="the system says so"),
        pytest.param(("A: I'm very upset.",), id="the agent says a customer's words"),
        pytest.param(("C: ", "A: "), id="silence"),
    ],
)
def test_when_nothing_is_wrong_the_card_is_empty(lines: tuple[str, ...]) -> None:
    updates = heard(turns(*lines))
    assert all(update.prompt is None and update.alert is None for update in updates)
    assert updates[-1].state.level == 0.0


def test_an_acknowledged_hurt_is_not_acknowledged_again() -> None:
    updates = heard(
        turns("C: I'm very upset.", "A: I'm sorry. What I can do is send it again.", "A: Shall I?", "C: Yes.")
    )
    assert [update.prompt is not None for update in updates] == [True, False, False, False]


def test_feedback_of_a_calm_customer_is_thanked_for() -> None:
    prompt = heard(turns("C: Thought you should know the form is broken."))[0].prompt
    assert prompt is not None
    assert prompt.moment is Moment.THANK
    assert prompt.options == ()


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("C: واقعاً کلافه شدم از دست شما", "fa"),
        ("C: Saya kecewa sekali dengan pengiriman ini", "id"),
        ("C: I'm very upset with this delivery", "en"),
    ],
)
def test_the_prompt_speaks_the_customers_language(line: str, language: str) -> None:
    prompt = heard(turns(line))[0].prompt
    assert prompt is not None
    for words in (prompt.say, *(choice.say for choice in prompt.options)):
        assert language_of(Turn("c", "1", Speaker.AGENT, words), None) == language


def test_an_english_agent_does_not_change_the_language_of_a_persian_call() -> None:
    updates = heard(turns("C: واقعاً کلافه شدم از دست شما", "A: Account number please, and your full name"))
    assert updates[1].state.language == "fa"
    assert updates[1].prompt is not None
    assert updates[1].prompt.language == "fa"


def test_no_two_prompts_in_a_row_are_alike() -> None:
    updates = heard(turns(*["C: I'm very upset. This is the third time."] * 12))
    said = [update.prompt.say for update in updates if update.prompt]
    assert len(said) == 12
    assert all(one != other for one, other in pairwise(said))


def test_alerts_come_once_for_one_thing() -> None:
    updates = heard(
        turns("C: I want your manager.", "C: your manager, now!", "C: I'm very upset.", "C: I'm very upset.")
    )
    assert [update.alert is not None for update in updates] == [True, False, False, False]


def test_a_loyal_customer_who_leaves_is_urgent() -> None:
    alert = heard(turns("C: I've been a customer for 6 years and I'm leaving."))[0].alert
    assert alert is not None
    assert alert.level == "urgent"


def test_a_customer_of_years_on_record_who_leaves_is_urgent() -> None:
    customer, day = Customer(since=date(2015, 3, 1)), datetime(2026, 6, 1, 12, 0)
    turn = Turn("c", "1", Speaker.CUSTOMER, "I'm leaving", at=day, customer=customer)
    alert = assistant().hear(turn).alert
    assert alert is not None
    assert (alert.reason, alert.level) == ("a loyal customer says they may leave", "urgent")


def test_a_leaver_whose_call_is_not_at_risk_is_told_of_once() -> None:
    going = Reading(cues=(Cue(Label.CHURN_THREAT, 0, 5, "going", 0.3),))
    turn = Turn("c", "1", Speaker.CUSTOMER, "going")
    first = after(CallState(), turn, going, None)
    assert first.band is Band.WATCH
    alert = alert_for(CallState(), first, going)
    assert alert is not None
    assert (alert.reason, alert.level) == ("says they may leave", "notice")
    assert alert_for(first, first, going) is None


def test_the_last_hurt_is_answered_first() -> None:
    updates = heard(turns("C: I'm leaving.", "A: account number?", "C: this is the third time."))
    prompt = updates[2].prompt
    assert prompt is not None
    assert prompt.lines[0] in load_playbook(PLAYBOOK).replies.hurts[Label.REPEAT_EFFORT].of(Language.ENGLISH)


def test_no_option_is_put_into_words_again_before_all_others_were() -> None:
    updates = heard(turns("C: I'm very upset.", *["A: we can't.", "C: I'm very upset."] * 7))
    spoken = [update.prompt.options[0].id for update in updates if update.prompt and update.prompt.moment == "instead"]
    assert len(spoken) == 7
    assert all(len(set(spoken[place : place + 3])) == 3 for place in range(5))


def test_promises_are_carried_on_and_not_broken_by_talk_of_an_earlier_one() -> None:
    updates = heard(turns("A: I'll call you tomorrow.", "C: ok", "C: you promised that last week!"))
    assert [[p.status for p in update.state.promises] for update in updates] == [["open"]] * 3


def test_a_loyal_leaver_is_urgent_in_whatever_order_it_is_said() -> None:
    updates = heard(turns("C: I'm leaving.", "C: And I've been a customer for 6 years."))
    assert updates[1].alert is not None
    assert updates[1].alert.level == "urgent"


def test_the_customers_own_years_count_more_than_the_record() -> None:
    one = assistant()
    since = Customer(since=date(2017, 3, 1))
    for number, text in enumerate(("I've been a customer for 6 years", "hello", "hello"), 1):
        turn = Turn("c", str(number), Speaker.CUSTOMER, text, at=datetime(2026, 6, 1, tzinfo=UTC), customer=since)
        assert one.hear(turn).state.facts.years == 6


def test_the_name_is_known_after_the_turn_that_brought_it() -> None:
    one = assistant()
    one.hear(Turn("c", "1", Speaker.CUSTOMER, "hello", customer=Customer(name="Linda")))
    assert one.hear(Turn("c", "2", Speaker.CUSTOMER, "hi")).state.customer == Customer(name="Linda")


@settings(max_examples=60, deadline=None)
@given(calls)
def test_batch_equals_one_by_one(call: list[Turn]) -> None:
    assert list(assistant().hear_all(call)) == heard(call)


@settings(max_examples=60, deadline=None)
@given(calls, st.integers(0, 14))
def test_later_turns_never_change_earlier_updates(call: list[Turn], cut: int) -> None:
    assert heard(call)[:cut] == heard(call[:cut])


@settings(max_examples=60, deadline=None)
@given(calls)
def test_conversations_do_not_disturb_each_other(call: list[Turn]) -> None:
    together = {id(update.turn): update for update in heard(call)}
    for key in "ab":
        alone = [turn for turn in call if turn.conversation_id == key]
        assert [together[id(turn)] for turn in alone] == heard(alone)


@settings(max_examples=60, deadline=None)
@given(calls)
def test_every_update_is_sound(call: list[Turn]) -> None:
    for update in heard(call):
        text = update.turn.text
        assert all(0 <= c.start < c.end <= len(text) and text[c.start : c.end] == c.text for c in update.reading.cues)
        assert 0.0 <= update.state.level <= 1.0
        assert all(cue.label.speaker is update.turn.speaker for cue in update.reading.cues)
        if update.prompt:
            assert 0 < len(update.prompt.say.split()) <= MOST_WORDS
            assert len(update.prompt.options) <= 3
            assert "{" not in update.prompt.say


def test_a_forgotten_conversation_begins_anew() -> None:
    one = assistant()
    one.hear(turns("C: I'm very upset.")[0])
    one.forget("c")
    one.forget("never heard of")
    assert one.hear(turns("C: hello")[0]).state.level == 0.0


def test_a_record_has_every_documented_field() -> None:
    record = heard(CALL)[0].to_dict()
    assert list(record) == [
        "conversation_id",
        "turn_id",
        "speaker",
        "cues",
        "scores",
        "dissatisfaction",
        "loyalty",
        "risk",
        "facts",
        "prompt",
        "alert",
        "promises",
    ]
    assert record["facts"]["years"] == 6
    assert record["risk"]["band"] in ("calm", "watch", "at_risk")
    assert set(record["prompt"]) == {"say", "options", "why", "hold_back"}
    assert len(record["scores"]) == 18


def test_customers_words_stay_out_of_repr() -> None:
    update = heard(CALL)[0]
    assert "upset" not in repr(update)
    assert "years" not in repr(update.turn)


@pytest.mark.parametrize(
    ("text", "spans", "years"),
    [
        ("a customer for 12 years and on this plan for 2 years", ("customer for 12 years", "plan for 2 years"), 12),
        ("on this plan for 2 years, a customer for 12 years", ("plan for 2 years", "customer for 12 years"), 12),
        ("a customer for 12 years. No, 10 years", ("customer for 12 years", "10 years"), 10),
        ("a customer for 12 years, sorry, for 10 years", ("customer for 12 years", "for 10 years"), 10),
    ],
)
def test_of_two_times_in_one_turn_the_shorter_is_of_something_else(
    text: str, spans: tuple[str, ...], years: float
) -> None:
    assert (
        facts_of(
            [Cue(Label.TENURE, text.index(span), text.index(span) + len(span), span, 0.9) for span in spans], text, None
        ).years
        == years
    )
