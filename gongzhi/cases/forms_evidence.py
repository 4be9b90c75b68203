"""Fields for what an item asks to be shown beside the photos of the place afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from gongzhi.cases import files
from gongzhi.cases.actions.evidence import missing_evidence
from gongzhi.cases.files import StoredFile
from gongzhi.cases.forms_resident import seal_files, unseal_files
from gongzhi.cases.models import Case
from gongzhi.catalogue.words import Evidence

BEFORE = Evidence.PHOTO_BEFORE.value
PAPERS = tuple(
    code
    for code in Evidence.values
    if code not in {Evidence.PHOTO_BEFORE, Evidence.PHOTO_AFTER, Evidence.TEXT}
)
Shown = dict[str, list[StoredFile]]  # what it shows → photos of it


@dataclass(frozen=True)
class AskedFor:
    """One thing still to be shown; `kept` carries what arrived with a form that was refused."""

    code: str
    label: str
    kept: str
    count: int


def asked_for(case: Case, shown: Mapping[str, list[StoredFile]], ref: str) -> list[AskedFor]:
    """What must come with the handling and is not on file yet."""
    return [
        AskedFor(
            one.value,
            str(one.label),
            seal_files(shown.get(one.value, ()), ref),
            len(shown.get(one.value, ())),
        )
        for one in missing_evidence(case)
        if one != Evidence.PHOTO_AFTER
    ]


def kept_before(request: HttpRequest, ref: str) -> Shown:
    """What arrived with the form that was refused before."""
    return {
        code: unseal_files(request.POST.get(f"kept_{code}", ""), ref) for code in (BEFORE, *PAPERS)
    }


def take_shown(request: HttpRequest, shown: Shown) -> None:
    """Check and store the photos of this form beside those in `shown`."""
    for code, some in shown.items():
        if photos := request.FILES.getlist(code):
            files.photo_count_ok([*some, *photos])
            some += files.take_photos(photos)
