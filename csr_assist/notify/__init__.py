"""Alerts to people away from the screens: by webhook, Slack, Teams and e-mail.

Knows no database: ``in_cool_down`` says whether an alert is worth raising, ``over_budget`` whether it is sent,
``attempt`` tries one delivery, and what they return is for the caller to keep.
"""

from __future__ import annotations

from csr_assist.notify.channel import Channel
from csr_assist.notify.delivery import Delivery, Status, after_failure, after_success, attempt, is_due
from csr_assist.notify.errors import DeliveryError, NotifyError
from csr_assist.notify.mail import Email
from csr_assist.notify.notice import Notice
from csr_assist.notify.policy import Policy, in_cool_down, over_budget
from csr_assist.notify.settings import NotifySettings, channels_of, load_settings, takers
from csr_assist.notify.slack import Slack
from csr_assist.notify.teams import Teams
from csr_assist.notify.webhook import Webhook

__all__ = [
    "Channel",
    "Delivery",
    "DeliveryError",
    "Email",
    "Notice",
    "NotifyError",
    "NotifySettings",
    "Policy",
    "Slack",
    "Status",
    "Teams",
    "Webhook",
    "after_failure",
    "after_success",
    "attempt",
    "channels_of",
    "in_cool_down",
    "is_due",
    "load_settings",
    "over_budget",
    "takers",
]
