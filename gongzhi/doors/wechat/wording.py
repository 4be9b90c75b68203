"""What the account says in the talk; short, because it is read on a telephone."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gongzhi.cases.dangers import call_first
from gongzhi.cases.models import Case
from gongzhi.cases.reads.tracking import state_sentence
from gongzhi.catalogue import reads as catalogue
from gongzhi.doors.sentences import written_due
from gongzhi.doors.wechat.rules import PICTURES_MOST, Follows, Talk

FIXED = {
    Follows.NEEDS_WORDS: gettext_noop("还没有内容。请写一句话说说发生了什么，或者拍一张照片发来。"),
    Follows.NEEDS_PLACE: gettext_noop(
        "在哪里？请点“+”发送位置，或者写明小区和楼栋，例如“望湖花园3栋”。"
    ),
    Follows.CANCELLED: gettext_noop("已取消，刚才发来的内容不会提交。"),
    Follows.START: gettext_noop(
        "请直接发来：一句话说说情况、现场照片、位置（点“+”选“位置”）。发完回复 1 提交。"
    ),
    Follows.NOT_THIS: gettext_noop("暂时看不了这种消息，请发文字、照片或者位置。"),
}


def reply(follows: Follows, talk: Talk) -> str:
    """The reply to a message that makes no case."""
    if follows == Follows.SUMMARY:
        return summary(talk)
    if follows == Follows.TOO_MUCH:
        return _("内容够多了（照片最多%(most)s张）。请回复 1 提交，其余情况提交后再补充。") % {
            "most": PICTURES_MOST
        }
    if follows == Follows.HELP:
        return help_text()
    sentence = FIXED.get(follows, "")
    return _(sentence) if sentence else ""


def summary(talk: Talk) -> str:
    """What is known so far, what is missing, how to go on; in an emergency the number to call."""
    lines = []
    if talk.text and (urgent := catalogue.suggest(talk.text).emergency):
        lines.append(_("紧急情况请立即拨打%(call)s！") % {"call": urgent.call})
    lines.append(_("已记下："))
    if talk.text:
        lines.append(_("· 内容：%(text)s") % {"text": talk.text[:80]})
    if talk.pictures:
        lines.append(_("· 照片：%(n)s张") % {"n": len(talk.pictures)})
    if talk.has_place:
        located = _("已收到位置") if talk.where else ""
        named = "，".join(part for part in (talk.address, located) if part)
        lines.append(_("· 地点：%(place)s") % {"place": named})
    if talk.phone:
        lines.append(_("· 电话：已留"))
    if not talk.has_words:
        lines.append(_("请再写一句话说说情况，或者发照片。"))
    elif not talk.has_place:
        lines.append(_("请再发位置（点“+”选“位置”），或者写明小区和楼栋后回复 1。"))
    else:
        lines.append(_("回复 1 提交，回复 0 取消；也可以接着发照片补充。"))
    return "\n".join(lines)


def help_text() -> str:
    """What the account can do."""
    return _(
        "直接发文字、照片、位置就能反映问题，发完回复 1 提交。\n"
        "回复 2 查进度。\n留手机号请单独发一条。\n打电话请拨 %(phone)s，紧急情况拨 110、119、120。"
    ) % {"phone": settings.HELPLINE}


def submitted(case: Case) -> str:
    """The case was made; in danger, whom to call before anything else."""
    return call_first(case) + _(
        "已提交，编号 %(number)s，预计 %(due)s 前办结。有进展会在这里告诉您，回复 2 查进度。"
    ) % {
        "number": case.number,
        "due": written_due(case),
    }


def waits() -> str:
    """The case is made as soon as its pictures are here."""
    return _("已提交，正在接收照片，编号马上发给您。")


def progress(cases: Sequence[Case]) -> str:
    """How the follower's latest cases stand."""
    if not cases:
        return _("您还没有反映过问题。直接发文字、照片或位置就可以反映。")
    return "\n".join(
        _("%(number)s %(title)s：%(state)s")
        % {"number": case.number, "title": case.title, "state": state_sentence(case)}
        for case in cases
    )
