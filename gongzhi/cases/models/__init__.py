"""The rows of case work: the case and what hangs on it, what follows its end, the shared desk."""

from gongzhi.cases.models.case import (
    Assist,
    Attachment,
    Case,
    CaseQuerySet,
    Claimant,
    Extension,
    Precedent,
    Remark,
    Supervision,
)
from gongzhi.cases.models.closing import Appeal, FollowUp
from gongzhi.cases.models.desk import Macro, Presence, Reply, SavedSearch, Watch
from gongzhi.cases.models.filled import Filled
from gongzhi.cases.models.measured import Exclusion, FrozenMonth, MeasuredLine
from gongzhi.cases.models.refused import TurnedAway
from gongzhi.cases.models.times import Recount

__all__ = [
    "Appeal",
    "Assist",
    "Attachment",
    "Case",
    "CaseQuerySet",
    "Claimant",
    "Exclusion",
    "Extension",
    "Filled",
    "FollowUp",
    "FrozenMonth",
    "Macro",
    "MeasuredLine",
    "Precedent",
    "Presence",
    "Recount",
    "Remark",
    "Reply",
    "SavedSearch",
    "Supervision",
    "TurnedAway",
    "Watch",
]
