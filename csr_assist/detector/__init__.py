"""Text in, readings out.

``Detector`` is the one-method protocol that the rest of the product knows. ``OnnxDetector`` is the shipped
one, ``PhraseDetector`` a small fake for tests of everything around it.
"""

from __future__ import annotations

from csr_assist.detector.base import Detector, Utterance
from csr_assist.detector.fake import PhraseDetector
from csr_assist.detector.onnx import OnnxDetector
from csr_assist.detector.remembering import Remembering

__all__ = ["Detector", "OnnxDetector", "PhraseDetector", "Remembering", "Utterance"]
