"""The rows of the register; who may see them is said here and nowhere else."""

from gongzhi.residents.models.organisations import Organisation
from gongzhi.residents.models.people import (
    AccountLink,
    Fact,
    Findable,
    Household,
    Ownership,
    Phone,
    Relation,
    Resident,
)
from gongzhi.residents.models.reach import within_reach
from gongzhi.residents.models.record import Change, Request
from gongzhi.residents.models.tags import Tag, TagException

__all__ = [
    "AccountLink",
    "Change",
    "Fact",
    "Findable",
    "Household",
    "Organisation",
    "Ownership",
    "Phone",
    "Relation",
    "Request",
    "Resident",
    "Tag",
    "TagException",
    "within_reach",
]
