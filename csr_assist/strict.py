"""What people write by hand, in files or requests: a key that is not known is an error that names those that are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from csr_assist.errors import shortened

UNKNOWN = "unknown_key"
"""Type of the error; its context has the ``name`` that was given and those that are ``allowed``."""
_LONGEST_KEY = 60


class Strict(BaseModel):
    """Frozen, without other keys than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: object) -> object:
        for name in given if isinstance(given, dict) else ():
            if name not in cls.model_fields:
                # a name may be long, or of characters that cannot be sent back
                known = {"name": shortened(str(name), _LONGEST_KEY), "allowed": ", ".join(cls.model_fields)}
                raise PydanticCustomError(UNKNOWN, "'{name}' is not known; allowed: {allowed}", known)
        return given
