"""All that is kept about one person: whole numbers, history, and the copy for themselves."""

from dataclasses import dataclass
from typing import Any

from gongzhi.residents.models import Resident
from gongzhi.residents.reads.history import own_history
from gongzhi.residents.reads.tags import name_of, reason_of

FIELDS = (
    "name", "id_kind", "id_number", "gender", "born", "ethnicity", "address",
    "registered_address", "residence", "role", "state", "state_since", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """Whole numbers, for whoever gave a ground."""

    id_number: str
    phones: tuple[str, ...]


def numbers_of(resident: Resident) -> Numbers:
    """The whole ID number and phones. Only verbs that put the look on record may call this."""
    return Numbers(resident.id_number, tuple(p.number for p in resident.phones.all()))


def _said(resident: Resident, name: str) -> str:
    """A field in words: the label of a choice, else the value itself."""
    display = getattr(resident, f"get_{name}_display", None)
    return str(display() if display else getattr(resident, name))


def own_record(resident: Resident) -> dict[str, Any]:
    """The person's copy (PIPL 45): headings in Chinese, values in words, sources beside."""
    labels = {f.name: str(f.verbose_name) for f in Resident._meta.fields}
    collection = resident.collection
    return {
        "本人信息": {
            labels[name]: _said(resident, name) for name in FIELDS if getattr(resident, name)
        },
        "电话": [phone.number for phone in resident.phones.all()],
        "登记情况": [
            {
                "情况": fact.get_kind_display(),
                "等级": fact.grade,
                "开始": fact.since and fact.since.isoformat(),
                "截止": fact.until and fact.until.isoformat(),
                "来源": fact.collection.get_source_display(),
            }
            for fact in resident.facts.select_related("collection").order_by("kind")
        ],
        "标签": [
            {
                "标签": name_of(tag.code),
                "方式": tag.get_origin_display(),
                "理由": reason_of(tag),
                "起": tag.since.isoformat(),
            }
            for tag in resident.tags.order_by("code")
        ],
        "亲属与联系人": [
            {"姓名": relation.other.name, "关系": relation.get_kind_display()}
            for relation in resident.relations.select_related("other").order_by("pk")
        ],
        "来源": {
            "来源": collection.get_source_display(),
            "用途": collection.get_purpose_display(),
            "采集时间": collection.collected_at.isoformat(),
        },
        "变更": [
            {
                "时间": line.change.at.isoformat(),
                "内容": line.label,
                "变更前": line.before,
                "变更后": line.after,
                "来源": line.change.collection.get_source_display(),
            }
            for line in own_history(resident, masked=False)
        ],
    }
