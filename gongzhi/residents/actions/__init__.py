"""The only place where the register changes."""

from gongzhi.residents.actions.belongings import (
    add_phone,
    drop_fact,
    relate,
    remove_phone,
    set_fact,
    unrelate,
)
from gongzhi.residents.actions.intake import make_ready, take_in_people
from gongzhi.residents.actions.intake_things import (
    take_in_components,
    take_in_dwellings,
    take_in_organisations,
)
from gongzhi.residents.actions.looking import look_at, look_up
from gongzhi.residents.actions.people import correct, mark_gone, move
from gongzhi.residents.actions.privacy import (
    answer,
    ask,
    erase,
    export_own,
    link_account,
    reveal,
)
from gongzhi.residents.actions.tagging import retag_everybody
from gongzhi.residents.actions.tags_by_hand import put_tag, remove_tag

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
    "make_ready",
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
