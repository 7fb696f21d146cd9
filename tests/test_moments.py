from __future__ import annotations

import pytest

from csr_assist.advice.moments import Moment, moment_for, stands
from csr_assist.conversation import Speaker
from csr_assist.cues import Cue, Reading
from csr_assist.labels import Label
from csr_assist.state import CallState, Hurt

CUSTOMER, AGENT, SYSTEM = Speaker.CUSTOMER, Speaker.AGENT, Speaker.SYSTEM
HURT = Hurt(Cue(Label.FRUSTRATION, 0, 4, "ugh!", 0.9), "t-1")
CALM = CallState()
OPEN = CallState(hurts=(HURT,), troubled=True)
EASED = CallState(troubled=True, acknowledged=True)


def reading(*labels: Label) -> Reading:
    return Reading(cues=tuple(Cue(label, 0, 4, "word", 0.9) for label in labels))


def passed_over(times: int) -> CallState:
    return CallState(hurts=(HURT,), troubled=True, ignored=times)


@pytest.mark.parametrize(
    ("now", "labels", "moment"),
    [
        pytest.param(OPEN, [Label.FRUSTRATION], Moment.ACKNOWLEDGE, id="hurt"),
        pytest.param(OPEN, [Label.TENURE, Label.CHURN_THREAT], Moment.ACKNOWLEDGE, id="loyal and hurt"),
        pytest.param(OPEN, [Label.HELPFUL_FEEDBACK, Label.FRUSTRATION], Moment.ACKNOWLEDGE, id="hurt and helpful"),
        pytest.param(CALM, [Label.HELPFUL_FEEDBACK], Moment.THANK, id="helpful"),
        pytest.param(EASED, [Label.HELPFUL_FEEDBACK], Moment.THANK, id="helpful after the hurt was answered"),
        pytest.param(OPEN, [Label.HELPFUL_FEEDBACK], None, id="helpful while a hurt is open"),
        pytest.param(CALM, [Label.TENURE], None, id="loyal and content"),
        pytest.param(CALM, [Label.REFERRAL, Label.LOYAL_IDENTITY], None, id="very loyal and content"),
        pytest.param(CALM, [], None, id="nothing said"),
        pytest.param(OPEN, [], None, id="nothing new while a hurt is open"),
    ],
)
def test_after_the_customer(now: CallState, labels: list[Label], moment: Moment | None) -> None:
    assert moment_for(CUSTOMER, CALM, now, reading(*labels)) is moment


@pytest.mark.parametrize(
    ("before", "now", "labels", "moment"),
    [
        pytest.param(CALM, CALM, [], None, id="small talk"),
        pytest.param(CALM, CALM, [Label.DATA_REQUEST], None, id="data, nobody is hurt"),
        pytest.param(CALM, CALM, [Label.REFUSAL], Moment.INSTEAD, id="a no"),
        pytest.param(CALM, CALM, [Label.REFUSAL, Label.OPTION], None, id="a no with a way out"),
        pytest.param(CALM, CALM, [Label.DISMISSIVE], Moment.REPAIR, id="a brush-off"),
        pytest.param(CALM, CALM, [Label.DISMISSIVE, Label.REFUSAL], Moment.REPAIR, id="a brush-off with a no"),
        pytest.param(CALM, CALM, [Label.DISMISSIVE, Label.OPTION], Moment.REPAIR, id="a brush-off with a way out"),
        pytest.param(CALM, CALM, [Label.OPTION], None, id="a way out, nobody is hurt"),
        pytest.param(CALM, CALM, [Label.EMPATHY], None, id="empathy, nobody is hurt"),
        pytest.param(OPEN, OPEN, [Label.REFUSAL], Moment.INSTEAD, id="a no to the hurt"),
        pytest.param(OPEN, passed_over(1), [], Moment.ACKNOWLEDGE, id="passed over once"),
        pytest.param(OPEN, passed_over(1), [Label.DATA_REQUEST], Moment.ACKNOWLEDGE, id="data first"),
        pytest.param(OPEN, passed_over(1), [Label.OPTION], Moment.ACKNOWLEDGE, id="a way out without a word on it"),
        pytest.param(passed_over(1), passed_over(2), [], Moment.ACKNOWLEDGE, id="passed over twice"),
        pytest.param(passed_over(2), passed_over(3), [], None, id="passed over three times: the card stays still"),
        pytest.param(passed_over(2), passed_over(3), [Label.REFUSAL], Moment.INSTEAD, id="but a no is answered"),
        pytest.param(OPEN, EASED, [Label.EMPATHY], Moment.OFFER, id="acknowledged"),
        pytest.param(OPEN, EASED, [Label.APOLOGY], Moment.OFFER, id="apologised"),
        pytest.param(EASED, EASED, [], None, id="acknowledged earlier"),
        pytest.param(EASED, EASED, [Label.APOLOGY], None, id="apologised again"),
    ],
)
def test_after_the_agent(before: CallState, now: CallState, labels: list[Label], moment: Moment | None) -> None:
    assert moment_for(AGENT, before, now, reading(*labels)) is moment


def test_an_offer_that_was_made_is_not_asked_for() -> None:
    offered = CallState(troubled=True, acknowledged=True, offered=True)
    assert moment_for(AGENT, OPEN, offered, reading(Label.EMPATHY, Label.OPTION)) is None
    assert moment_for(AGENT, OPEN, EASED, reading(Label.EMPATHY)) is Moment.OFFER


@pytest.mark.parametrize("now", [CALM, OPEN, EASED], ids=["calm", "hurt", "eased"])
def test_nothing_is_said_to_the_system(now: CallState) -> None:
    assert moment_for(SYSTEM, now, now, reading(Label.FRUSTRATION, Label.REFUSAL)) is None


REFUSED = CallState(refusals=1, troubled=True)
OFFERED = CallState(troubled=True, acknowledged=True, offered=True)


@pytest.mark.parametrize(
    ("moment", "speaker", "now", "needed"),
    [
        pytest.param(Moment.ACKNOWLEDGE, AGENT, OPEN, True, id="still hurt"),
        pytest.param(Moment.ACKNOWLEDGE, AGENT, EASED, False, id="hurt no more"),
        pytest.param(Moment.REPAIR, AGENT, OPEN, True, id="brushed off and hurt"),
        pytest.param(Moment.REPAIR, AGENT, EASED, False, id="repaired"),
        pytest.param(Moment.INSTEAD, AGENT, REFUSED, True, id="a no without a way out"),
        pytest.param(Moment.INSTEAD, AGENT, OPEN, False, id="hurt, but no no"),
        pytest.param(Moment.OFFER, AGENT, EASED, True, id="acknowledged, nothing offered"),
        pytest.param(Moment.OFFER, AGENT, OFFERED, False, id="offered"),
        pytest.param(Moment.OFFER, AGENT, OPEN, False, id="hurt again"),
        pytest.param(Moment.ACKNOWLEDGE, CUSTOMER, OPEN, True, id="the customer goes on, still hurt"),
        pytest.param(Moment.OFFER, CUSTOMER, OFFERED, False, id="the customer answers the offer"),
        pytest.param(Moment.REPAIR, CUSTOMER, CALM, True, id="the agent has not spoken since"),
        pytest.param(Moment.REPAIR, AGENT, CALM, False, id="the agent has spoken"),
        pytest.param(Moment.INSTEAD, CUSTOMER, CALM, True, id="the no is taken, the agent is to speak"),
        pytest.param(Moment.INSTEAD, AGENT, CALM, False, id="the no is settled"),
        pytest.param(Moment.THANK, CUSTOMER, CALM, True, id="thanks wait for the agent"),
        pytest.param(Moment.THANK, SYSTEM, CALM, True, id="thanks wait past the system"),
        pytest.param(Moment.THANK, AGENT, CALM, False, id="thanks pass"),
        pytest.param(Moment.THANK, AGENT, OPEN, False, id="thanks pass in a hurt, too"),
    ],
)
def test_a_prompt_stands_while_it_is_needed(moment: Moment, speaker: Speaker, now: CallState, needed: bool) -> None:
    assert stands(moment, speaker, now) is needed
