"""What was agreed with each partner: config/doors/webhooks/<code>.yaml."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from gongzhi.cases.words import Source
from gongzhi.doors.layouts import Layout
from gongzhi.doors.models import Partner
from gongzhi.kernel.refusals import NotPossible


class NothingAgreed(NotPossible):
    """The partner has a key, but its fields were not agreed on yet."""


@dataclass(frozen=True)
class Agreed:
    """One partner's file. `fold` is set for things that are seen again and again."""

    layout: Layout
    source: Source
    fold: timedelta | None


def agreed(partner: Partner) -> Agreed:
    """The partner's file. NothingAgreed when there is none."""
    found = _files().get(partner.code)
    if found is None:
        raise NothingAgreed(
            _("还没有为“%(code)s”配置字段对照，请联系平台管理员。") % {"code": partner.code}
        )
    return found


@lru_cache(maxsize=1)
def _files() -> dict[str, Agreed]:
    folder = settings.CONFIG_DIR / "doors" / "webhooks"
    return {
        path.stem: _read(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.yaml"))
    }


def _read(words: dict[str, Any]) -> Agreed:
    """ValueError when the file names fields or a source there are not."""
    minutes = words.get("fold_minutes")
    return Agreed(
        layout=Layout.from_file(words),
        source=Source(words.get("source", Source.API)),
        fold=timedelta(minutes=minutes) if minutes else None,
    )
