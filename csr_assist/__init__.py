"""Hear dissatisfaction and loyalty in service conversations, and say what helps, while the customer is there."""

__version__ = "0.1.0"
