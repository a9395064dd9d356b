"""What bodies are made of: strict types with bounds, and their parent."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

WORD_MOST = 64


Word = Annotated[str, Field(min_length=1, max_length=WORD_MOST)]
Index = Annotated[int, Field(ge=0, le=255)]


class Body(BaseModel):
    """A body that must not hold anything unknown, or of another type.

    Numbers as text and numbers that are none are refused as well.
    """

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    def told(self) -> dict[str, Any]:
        """Returns the members that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    def one_of(self, *names: str) -> Self:
        """Passes when exactly one of these members was sent with a value."""
        if sum(getattr(self, name) is not None for name in names) != 1:
            raise ValueError(f"give exactly one of: {', '.join(names)}")
        return self
