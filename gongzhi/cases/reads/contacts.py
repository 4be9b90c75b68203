"""How to reach the reporter of a case; to be masked by whoever shows it."""

from dataclasses import dataclass

from gongzhi.cases.models import Case


@dataclass(frozen=True)
class Contact:
    """A name and a telephone number, either may be empty."""

    name: str
    phone: str


def contact_of(case: Case) -> Contact:
    """What the report says, else what the reporter's account says."""
    account = case.reported_by
    return Contact(
        name=case.contact_name or (account.name if account else ""),
        phone=case.contact_phone or (account.phone if account else ""),
    )
