"""Verbs of tables: bring one in, take one out, keep a layout."""

from gongzhi.sheets.actions.bring import apply, bring, drop, name_columns
from gongzhi.sheets.actions.layouts import keep_layout, remove_layout
from gongzhi.sheets.actions.take import NewList, ask_for, take

__all__ = [
    "NewList",
    "apply",
    "ask_for",
    "bring",
    "drop",
    "keep_layout",
    "name_columns",
    "remove_layout",
    "take",
]
