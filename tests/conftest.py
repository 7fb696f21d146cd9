from __future__ import annotations

from hypothesis import settings

# Examples are small; what varies is how busy the machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
