"""Corpus to model: what only those who train need; needs the ``train`` extra."""
