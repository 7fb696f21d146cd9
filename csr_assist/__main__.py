"""``python -m csr_assist`` is ``csr-assist``."""

from __future__ import annotations

from csr_assist.cli import main

main()
