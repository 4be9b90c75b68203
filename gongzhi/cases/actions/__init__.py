"""The only place where cases change."""

from gongzhi.cases.actions.afterwards import (
    answer_followup,
    ask_redo,
    tell_to_look_again,
    visit,
)
from gongzhi.cases.actions.answer import join, rate, supplement
from gongzhi.cases.actions.appeals import appeal, decide_appeal
from gongzhi.cases.actions.assists import answer_assist, ask_assist, withdraw_assist
from gongzhi.cases.actions.contact import contact
from gongzhi.cases.actions.desks import send_down, send_up
from gongzhi.cases.actions.dispatch import classify, decline, dispatch, name_complained_of, place
from gongzhi.cases.actions.handle import (
    accept,
    approve,
    close,
    handle,
    return_to_sender,
    rework,
)
from gongzhi.cases.actions.matters import merge, merge_many, split
from gongzhi.cases.actions.measuring import ask_exclusion, decide_exclusion, freeze_month
from gongzhi.cases.actions.nature import change_nature
from gongzhi.cases.actions.notes import note, snooze, unwatch, wake, watch
from gongzhi.cases.actions.presence import look_at
from gongzhi.cases.actions.refuse import stopped_by_danger, turn_away
from gongzhi.cases.actions.report import NewReport, report, report_many
from gongzhi.cases.actions.rulings import arbitrate, ask_ruling
from gongzhi.cases.actions.shared import (
    drop_macro,
    drop_search,
    keep_macro,
    retire_reply,
    save_search,
    write_reply,
)
from gongzhi.cases.actions.source import close_at_source
from gongzhi.cases.actions.supervise import answer_supervision, supervise
from gongzhi.cases.actions.timing import (
    Plea,
    ask_extension,
    decide_extension,
    extend_from_above,
    pause,
    resume,
)

__all__ = [
    "NewReport",
    "Plea",
    "accept",
    "answer_assist",
    "answer_followup",
    "answer_supervision",
    "appeal",
    "approve",
    "arbitrate",
    "ask_assist",
    "ask_exclusion",
    "ask_extension",
    "ask_redo",
    "ask_ruling",
    "change_nature",
    "classify",
    "close",
    "close_at_source",
    "contact",
    "decide_appeal",
    "decide_exclusion",
    "decide_extension",
    "decline",
    "dispatch",
    "drop_macro",
    "drop_search",
    "extend_from_above",
    "freeze_month",
    "handle",
    "join",
    "keep_macro",
    "look_at",
    "merge",
    "merge_many",
    "name_complained_of",
    "note",
    "pause",
    "place",
    "rate",
    "report",
    "report_many",
    "resume",
    "retire_reply",
    "return_to_sender",
    "rework",
    "save_search",
    "send_down",
    "send_up",
    "snooze",
    "split",
    "stopped_by_danger",
    "supervise",
    "supplement",
    "tell_to_look_again",
    "turn_away",
    "unwatch",
    "visit",
    "wake",
    "watch",
    "withdraw_assist",
    "write_reply",
]
