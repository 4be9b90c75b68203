"""Layouts that come ready-made, from config/layouts.yaml: the ledgers that departments ask for."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gongzhi.sheets.kinds import LISTINGS, Listing
from gongzhi.sheets.models import Layout

FILE = "layouts.yaml"
TEXTS = {"title": 60, "header": 120, "footer": 120, "signature": 120}


def ready_layouts(listing: Listing) -> list[Layout]:
    """The ready-made layouts of a list, in the order of the file, not saved for anybody.

    ImproperlyConfigured names the first fault of the file.
    """
    path = Path(settings.CONFIG_DIR) / FILE
    if not path.exists():
        return []
    return [one for one in _read(path, path.stat().st_mtime_ns) if one.kind == listing.name]


@lru_cache(maxsize=4)
def _read(path: Path, _changed_at: int) -> list[Layout]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path.name}: {error}") from error
    rows = content.get("layouts") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise ImproperlyConfigured(f"{path.name}: 缺少 layouts 列表。")
    return [_layout(path.name, number, row) for number, row in enumerate(rows, 1)]


def _layout(file: str, number: int, row: Any) -> Layout:
    def fault(what: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"{file}: 第{number}个版式：{what}")

    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise fault("缺少 name。")
    if strange := set(row) - {"list", "name", "columns", "landscape", *TEXTS}:
        raise fault(f"不认识 {'、'.join(sorted(map(str, strange)))}。")
    listing = LISTINGS.get(row.get("list", ""))
    if listing is None:
        raise fault(f"没有名单 {row.get('list')}。")
    texts = {key: str(row.get(key) or "") for key in TEXTS}
    if long := [key for key, most in TEXTS.items() if len(texts[key]) > most]:
        raise fault(f"{long[0]} 太长。")
    columns = []
    for told in row.get("columns") or []:
        key, *title = told if isinstance(told, list) else [told]
        known = listing.column(str(key))
        if known is None:
            raise fault(f"名单里没有列 {key}。")
        columns.append([known.key, str(title[0]) if title else str(known.label)])
    if not columns:
        raise fault("至少要有一列。")
    return Layout(
        kind=listing.name, name=row["name"][:40], columns=columns,
        landscape=bool(row.get("landscape", True)), **texts,
    )  # fmt: skip
