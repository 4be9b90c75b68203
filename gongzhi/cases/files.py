"""Photos and voice notes: checked by content, stripped of metadata, stored under unguessable names."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store already and waits for its case; sizes in pixels and bytes."""

    token: str
    kind: str
    media_type: str
    size: int
    width: int = 0
    height: int = 0

    def as_fields(self) -> dict[str, str | int]:
        """The fields of the Attachment row that will point to it."""
        return asdict(self)
