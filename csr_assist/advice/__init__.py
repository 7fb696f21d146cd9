"""What the agent could say now: when to speak, which words, which options."""

from __future__ import annotations

from csr_assist.advice.advisor import Advisor
from csr_assist.advice.moments import Moment, stands
from csr_assist.advice.options import OptionIndex
from csr_assist.advice.playbook import Option, Playbook, load_playbook
from csr_assist.advice.prompt import Because, Prompt

__all__ = ["Advisor", "Because", "Moment", "Option", "OptionIndex", "Playbook", "Prompt", "load_playbook", "stands"]
