"""What every machine call answers that cannot be met, in one shape."""

from typing import Any

from ninja import Field, Schema


class Refused(Schema):
    """A request that cannot be met."""

    code: str = Field(description="stable, for programs", examples=["not_understood"])
    sentence: str = Field(description="for the person who asked, in Chinese")
    field: str = Field("", description="the field the sentence belongs to, if there is one")


def refusals(*statuses: int) -> dict[int, Any]:
    """The refusals of a call for its description; 422 and 429 any call can give."""
    return dict.fromkeys(sorted({422, 429, *statuses}), Refused)
