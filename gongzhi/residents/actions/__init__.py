"""The only place where the register changes."""

from gongzhi.residents.actions.intake import take_in_people
from gongzhi.residents.actions.intake_things import (
    take_in_components,
    take_in_dwellings,
    take_in_organisations,
)
from gongzhi.residents.actions.looking import look_at, look_up
from gongzhi.residents.actions.people import (
    add_phone,
    correct,
    drop_fact,
    mark_gone,
    move,
    relate,
    remove_phone,
    set_fact,
    unrelate,
)
from gongzhi.residents.actions.privacy import (
    answer,
    ask,
    erase,
    export_own,
    link_account,
    put_tag,
    remove_tag,
    reveal,
)
from gongzhi.residents.actions.tagging import retag_everybody

__all__ = [
    "add_phone",
    "answer",
    "ask",
    "correct",
    "drop_fact",
    "erase",
    "export_own",
    "link_account",
    "look_at",
    "look_up",
    "mark_gone",
    "move",
    "put_tag",
    "relate",
    "remove_phone",
    "remove_tag",
    "retag_everybody",
    "reveal",
    "set_fact",
    "take_in_components",
    "take_in_dwellings",
    "take_in_organisations",
    "take_in_people",
    "unrelate",
]
