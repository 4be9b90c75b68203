"""How the journal's names and facts are said to an auditor."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongzhi.cases.words import (
    DeclineGround,
    ReturnGround,
    RevealGround,
    Source,
    Status,
)
from gongzhi.catalogue.words import Grade
from gongzhi.residents import words as register
from gongzhi.residents.reads.tags import name_of
from gongzhi.sheets.kinds import INTAKES, LISTINGS
from gongzhi.sheets.words import Shape

EVENTS = {
    "cases.reported": _("事件上报"),
    "cases.joined": _("同样反映"),
    "cases.supplemented": _("补充情况"),
    "cases.classified": _("改归类或级别"),
    "cases.placed": _("归入网格"),
    "cases.dispatched": _("派遣"),
    "cases.accepted": _("接单"),
    "cases.returned": _("退回"),
    "cases.handled": _("处置"),
    "cases.checked": _("核查通过"),
    "cases.reworked": _("退回返工"),
    "cases.closed": _("结案"),
    "cases.declined": _("不予受理"),
    "cases.rated": _("评价"),
    "cases.sent_up": _("上报上级"),
    "cases.sent_down": _("下派"),
    "cases.arbitration_called": _("转上级裁定"),
    "cases.ruling_asked": _("提请裁定"),
    "cases.arbitrated": _("裁定"),
    "cases.recused": _("设定回避"),
    "cases.merged": _("并案"),
    "cases.split": _("取消并案"),
    "cases.assist_asked": _("请求协办"),
    "cases.assist_answered": _("协办答复"),
    "cases.assist_withdrawn": _("撤回协办"),
    "cases.paused": _("暂停计时"),
    "cases.resumed": _("恢复计时"),
    "cases.extension_asked": _("申请延期"),
    "cases.extended": _("批准延期"),
    "cases.extension_refused": _("没有批准延期"),
    "cases.nearly_due": _("临近时限"),
    "cases.overdue": _("超过时限"),
    "cases.supervised": _("督办"),
    "cases.supervision_answered": _("答复督办"),
    "flows.loaded": _("载入流程"),
    "catalogue.loaded": _("载入事项目录"),
    "replies.written": _("保存答复模板"),
    "replies.retired": _("停用答复模板"),
    "macros.kept": _("保存批量操作组合"),
    "macros.dropped": _("删除批量操作组合"),
    "disputes.opened": _("纠纷受理"),
    "disputes.party_added": _("登记当事人"),
    "disputes.agreed": _("当事人同意调解"),
    "disputes.sorted": _("归类分流"),
    "disputes.risk_rated": _("评定风险"),
    "disputes.assigned": _("选派调解员"),
    "disputes.session_held": _("调解一次"),
    "disputes.settled": _("达成协议"),
    "disputes.follow_up_due": _("提醒回访"),
    "disputes.nearly_due": _("纠纷临近时限"),
    "disputes.overdue": _("纠纷超过时限"),
    "disputes.supervised": _("纠纷超时督办"),
    "disputes.followed_up": _("回访：已履行"),
    "disputes.resumed": _("回访：未履行，再调解"),
    "disputes.reviewed": _("考评归档"),
    "disputes.guided": _("引导其他途径"),
    "disputes.withdrawn": _("当事人撤回"),
    "disputes.party_revealed": _("查看当事人信息"),
    "disputes.mediator_kept": _("改调解员名册"),
    "visits.begun": _("布置走访"),
    "visits.home_visited": _("入户走访"),
    "visits.nobody_home": _("走访时家里没人"),
    "visits.taken_back": _("撤销走访登记"),
    "visits.finished": _("走访任务完成"),
    "visits.withdrawn": _("撤回走访任务"),
    "whistles.blown": _("吹哨召集单位"),
    "whistles.acknowledged": _("单位响应召集"),
    "whistles.signed_in": _("单位到场签到"),
    "whistles.minuted": _("记会商纪要"),
    "whistles.task_given": _("会商派任务"),
    "whistles.ended": _("现场会商结束"),
    "whistles.called_off": _("取消召集"),
    "cases.snoozed": _("推后再看"),
    "cases.woken": _("提前拿回待办"),
    "cases.redo_ordered": _("没有办好，重新办理"),
    "cases.reopened": _("重新受理"),
    "cases.merged_again": _("没有办好，一并重新办理"),
    "cases.appealed": _("向上一级申诉"),
    "cases.appeal_upheld": _("申诉得到支持"),
    "cases.appeal_refused": _("申诉答复"),
    "cases.asking_again": _("再次询问是否解决"),
    "cases.nature_changed": _("改诉求性质"),
    "cases.exclusion_asked": _("申请不计入三率"),
    "cases.exclusion_decided": _("剔除申请签字"),
    "cases.month_frozen": _("封存月度三率"),
    "cases.noted": _("内部备注"),
    "cases.visited": _("回访"),
    "cases.asked_again": _("反映人回答是否解决"),
    "cases.contact_forgotten": _("删去反映人姓名电话"),
    "cases.turned_away": _("当场不予受理"),
    "cases.recounted": _("日历有变，重算时限"),
    "cases.contacted": _("先行联系"),
    "cases.contact_revealed": _("查看反映人电话"),
    "phone.callback_owed": _("登记回电"),
    "phone.callback_taken": _("认领回电"),
    "phone.called_back": _("已回电"),
    "residents.people_taken_in": _("人员入库"),
    "residents.dwellings_taken_in": _("房屋入库"),
    "residents.organisations_taken_in": _("组织入库"),
    "residents.components_taken_in": _("部件入库"),
    "residents.tags_recomputed": _("重算标签"),
    "residents.numbers_revealed": _("查看完整证件号与电话"),
    "residents.account_linked": _("关联本人账号"),
    "residents.asked": _("登记本人请求"),
    "residents.answered": _("答复本人请求"),
    "residents.own_exported": _("导出本人信息"),
    "residents.erased": _("删除个人信息"),
    "residents.tag_put": _("手工加标签"),
    "residents.tag_removed": _("删去标签"),
    "residents.corrected": _("更正人员信息"),
    "residents.moved": _("登记迁居"),
    "residents.died": _("登记死亡"),
    "residents.moved_out": _("登记迁出"),
    "residents.phone_added": _("添加电话"),
    "residents.phone_removed": _("删去电话"),
    "residents.fact_set": _("登记情况"),
    "residents.fact_dropped": _("删去情况"),
    "residents.related": _("登记亲属关系"),
    "residents.unrelated": _("删去亲属关系"),
    "residents.looked_up": _("查询居民"),
    "residents.looked_at": _("查看居民"),
    "sheets.table_brought": _("上传表格"),
    "sheets.columns_named": _("核对列名"),
    "sheets.apply_asked": _("要求写入表格"),
    "sheets.table_applied": _("表格写入登记"),
    "sheets.table_dropped": _("放弃表格"),
    "sheets.list_asked": _("导出名单"),
    "sheets.list_taken": _("下载名单"),
    "sheets.layout_kept": _("保存版式"),
    "sheets.layout_removed": _("删除版式"),
    "care.enrolled": _("登记守护"),
    "care.withdrawn": _("撤回同意，停止守护"),
    "care.alert_raised": _("老人告警"),
    "care.notice_raised": _("老人提醒"),
    "care.step_taken": _("告警梯次"),
    "care.step_answered": _("告警呼叫结果"),
    "care.accepted": _("接单上门"),
    "care.arrived": _("到达老人门口"),
    "care.closed": _("结束老人告警"),
    "care.viewed": _("查看老人情况"),
    "care.sensitivity_set": _("调整灵敏度"),
    "care.link_made": _("生成家属链接"),
    "care.link_revoked": _("停用家属链接"),
    "care.family_consent_set": _("家属查看的同意"),
    "care.contact_added": _("添加联系人"),
    "care.contact_removed": _("删除联系人"),
    "care.contact_first": _("调整拨打次序"),
    "care.absence_begun": _("登记外出"),
    "care.absence_ended": _("外出结束"),
    "care.held_back": _("试运行未呼叫"),
    "care.shadow_asked": _("试算"),
    "sensing.home_registered": _("登记住处"),
    "sensing.health_changed": _("设备状况变化"),
    "sensing.gateway_registered": _("登记网关"),
    "sensing.secret_renewed": _("换网关密钥"),
    "sensing.gateway_shut_out": _("停用网关"),
    "sensing.device_registered": _("登记设备"),
    "sensing.device_kept_up": _("改设备维护"),
    "sensing.outage_found": _("设备停供"),
    "sensing.outage_ended": _("设备恢复"),
    "sensing.called_for_help": _("求助或险情"),
    "calendars.spans_set": _("改工作时段"),
    "calendars.year_published": _("改年度日历"),
    "journal.errand_retried": _("重试卡住的任务"),
    "doors.entered": _("渠道来件"),
    "doors.partner_admitted": _("接入对接系统"),
    "doors.partner_arranged": _("改对接设置"),
    "doors.partner_shut_out": _("停用对接系统"),
    "doors.answer_resent": _("重发答复"),
    "doors.answer_given_up": _("答复送不到"),
    "doors.answer_told_otherwise": _("另行告知答复"),
    "mail.regret_given_up": _("不立案回信送不到"),
    "mail.regret_resent": _("重发不立案回信"),
    "mail.regret_told_otherwise": _("另行告知写信人"),
    "doors.stopped": _("渠道异常"),
    "doors.resumed": _("渠道恢复"),
    "wechat.bound": _("微信绑定账号"),
    "wechat.unbound": _("微信解除绑定"),
    "phone.concluded": _("登记通话结果"),
    "phone.order_placed": _("下服务单"),
    "phone.order_done": _("服务完成"),
    "phone.order_rated": _("服务评价"),
    "phone.order_cancelled": _("取消服务单"),
    "phone.provider_vetted": _("核准服务商"),
    "phone.provider_stopped": _("停用服务商"),
    "qr.made": _("制作二维码"),
    "qr.revoked": _("作废二维码"),
    "hotline.received": _("签收工单"),
    "hotline.return_asked": _("申请退回市热线"),
    "hotline.return_granted": _("市热线同意退回"),
    "hotline.return_refused": _("市热线不同意退回"),
    "hotline.extension_asked": _("向市热线申请延期"),
    "hotline.extension_granted": _("市热线同意延期"),
    "hotline.extension_refused": _("市热线不同意延期"),
    "hotline.file_tried": _("检查工单表"),
    "hotline.file_taken": _("导入工单表"),
}
KEYS = {
    "before": _("此前"), "grade": _("级别"), "item": _("事项"), "source": _("来源"),
    "ground": _("理由"), "handler": _("承办人"), "unit": _("单位"), "taken_from": _("原承办人"),
    "stars": _("评分"), "rows": _("行数"), "filters": _("条件"), "searched": _("用了搜索"),
    "area": _("归入"), "days": _("天数"), "reaction": _("任务"), "kind": _("类型"),
    "shape": _("格式"), "columns": _("列"), "found": _("找到"), "new": _("新增"),
    "changed": _("更新"), "same": _("没有变化"), "tag": _("标签"), "code": _("标签"),
    "added": _("新增"), "removed": _("移除"), "granted": _("同意"), "request": _("请求"),
    "fields": _("字段"), "account": _("账号"), "other": _("对方"),
}  # fmt: skip
CODES = (Status, Source, Grade, ReturnGround, DeclineGround, RevealGround)
# Words of one package only, asked before those of all: a code may mean two things in two of them.
OF_PACKAGE: dict[str, dict[str, tuple[Any, ...]]] = {
    "residents": {
        "ground": (register.RevealGround, register.EraseGround),
        "kind": (register.RequestKind, register.FactKind, register.RelationKind),
    },
    "sheets": {"shape": (Shape,)},
}


def event_words() -> dict[str, str]:
    """Names that can be filtered by, each with its word."""
    return {name: str(word) for name, word in EVENTS.items()}


def event_word(name: str) -> str:
    """The word for an event; its name where there is none yet."""
    return str(EVENTS.get(name, name))


def facts_in_words(
    facts: Mapping[str, object], names: Mapping[tuple[str, str], str], package: str = ""
) -> list[tuple[str, str]]:
    """Each fact with its key and value in words as far as there are any; nothing for empty ones.

    `names` holds people and units by key and number: {("handler", "12"): "李强"}; `package` is the
    first part of the event's name.
    """
    return [
        (
            str(KEYS.get(key, key)),
            names.get((key, str(value)))
            or _of_package(package, key, value, facts)
            or _value(value),
        )
        for key, value in facts.items()
        if value not in (None, "", {}, False)
    ]


def _of_package(package: str, key: str, value: object, facts: Mapping[str, object]) -> str:
    """The value in the words of its package; "" where that has none for it."""
    for words in OF_PACKAGE.get(package, {}).get(key, ()):
        if value in words.values:
            return str(words(value).label)
    if package == "residents" and key in {"tag", "code"}:
        return name_of(str(value))
    if package != "sheets":
        return ""
    listing = LISTINGS.get(str(facts.get("kind")))
    if key == "kind":
        known = listing or INTAKES.get(str(value))
        return str(known.label) if known else ""
    if key == "columns" and listing and isinstance(value, list):
        found = ((code, listing.column(code)) for code in value)
        return "、".join(str(column.label) if column else code for code, column in found)
    return ""


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(_value(v) for v in value.values() if v)
    if isinstance(value, list):
        return "、".join(_value(v) for v in value)
    for words in CODES:
        if value in words.values:
            return str(words(value).label)
    return "✓" if value is True else str(value)
