"""The words case work is spoken in; stored, shown and tested under these names."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Where a case stands."""

    REPORTED = "reported", _("待受理")
    DISPATCHED = "dispatched", _("已派遣")
    ACCEPTED = "accepted", _("处置中")
    HANDLED = "handled", _("待核查")
    CHECKED = "checked", _("待结案")
    RETURNED = "returned", _("已退回")
    CLOSED = "closed", _("已办结")
    DECLINED = "declined", _("不予受理")
    ARBITRATION = "arbitration", _("待裁定")
    MERGED = "merged", _("已并案")


class Source(TextChoices):
    """The door by which a case came in."""

    POCKET = "pocket", _("随手拍")
    PATROL = "patrol", _("网格员")
    HOTLINE = "hotline", _("12345热线")
    VISIT = "visit", _("来访登记")
    SENSOR = "sensor", _("传感告警")
    API = "api", _("开放接口")
    MAIL = "mail", _("电子信箱")
    WECHAT = "wechat", _("微信")
    PHONE = "phone", _("来电")


class Nature(TextChoices):
    """What the reporter wants; recorded once, changed only on a ground that is kept."""

    REPORT = "report", _("反映情况")
    COMPLAINT = "complaint", _("投诉")
    INQUIRY = "inquiry", _("咨询")
    HELP = "help", _("求助")
    SUGGESTION = "suggestion", _("建议")
    PRAISE = "praise", _("表扬")


class NatureGround(TextChoices):
    """Why the nature of a matter is changed."""

    RECORDED_WRONGLY = "recorded_wrongly", _("登记时选错")
    REPORTER_SAID = "reporter_said", _("反映人补充说明了")
    CHECKED = "checked", _("核实后与登记不符")


class ExclusionGround(TextChoices):
    """Why a case is left out of the rates."""

    UNLAWFUL = "unlawful", _("诉求违法或无事实依据")
    NO_POLICY = "no_policy", _("现行政策无法满足")
    IN_COURT = "in_court", _("已进入诉讼、仲裁或信访程序")
    FORCE = "force", _("自然灾害等不可抗力")
    MALICE = "malice", _("恶意重复反映")


class Part(TextChoices):
    """What a line of a frozen month stands for."""

    REPORTED = "reported", _("上报的案件")
    ANSWER = "answer", _("反映人的回答")


class FollowUpKind(TextChoices):
    """How the reporter is asked after the end."""

    VISIT = "visit", _("回访")
    AGAIN = "again", _("再次询问")


class ReplyUse(TextChoices):
    """In which form of the desk a reply template is offered."""

    DISPATCH = "dispatch", _("派单意见")
    DECLINE = "decline", _("不予受理答复")
    CHECK = "check", _("核查意见")
    NOTE = "note", _("内部备注")


class Act(TextChoices):
    """What can be done to many cases at once."""

    DISPATCH = "dispatch", _("派给建议的承办人")
    FINISH = "finish", _("核查通过并结案")
    REMIND = "remind", _("催办")
    SNOOZE = "snooze", _("稍后处理")
    NOTE = "note", _("写内部备注")
    WATCH = "watch", _("关注")


class Sort(TextChoices):
    """In which order a list is shown; empty is the order usual for its tab."""

    DUE = "due", _("剩余时间短的在前")
    NEWEST = "newest", _("最新上报在前")
    OLDEST = "oldest", _("最早上报在前")
    JOINED = "joined", _("反映人多的在前")


class Party(TextChoices):
    """Whose turn it is; every status that is not an end has one."""

    DISPATCHER = "dispatcher", _("调度员")
    HANDLER = "handler", _("承办人")
    CHECKER = "checker", _("核查人")
    ARBITER = "arbiter", _("上级调度员")
    PARENT = "parent", _("主案")
    NOBODY = "nobody", _("已结束")


class ReturnGround(TextChoices):
    """Why a handler gives a case back."""

    NOT_OUR_DUTY = "not_our_duty", _("不属于本单位职责")
    NOT_OUR_AREA = "not_our_area", _("不在管辖范围")
    PLACE_UNCLEAR = "place_unclear", _("位置不清，无法找到")
    MATTER_UNCLEAR = "matter_unclear", _("内容不清，需要补充")
    ANOTHER_LEADS = "another_leads", _("应由其他单位主办")


class DeclineGround(TextChoices):
    """Why a matter is not taken up; each is answered and counted."""

    EMERGENCY = "emergency", _("属于紧急警情，应拨打110、119或120")
    IN_PROCEEDINGS = "in_proceedings", _("已进入诉讼、仲裁、复议或信访程序")
    REPEATED = "repeated", _("同一事项已答复，没有新的情况")
    SECRET = "secret", _("涉及国家秘密、商业秘密或个人隐私")
    BEYOND_DUTY = "beyond_duty", _("不属于政府职责范围")
    UNLAWFUL = "unlawful", _("违反法律法规或公序良俗")


class PauseGround(TextChoices):
    """Why a case's clocks stand still."""

    WAITING_FOR_REPORTER = "reporter", _("等待反映人补充或配合")
    WEATHER = "weather", _("恶劣天气，无法施工")
    LAWSUIT = "lawsuit", _("已进入诉讼、仲裁或鉴定程序")
    SUPPLY = "supply", _("等待材料或设备到货")


class SupervisionKind(TextChoices):
    """How somebody above presses for a case; each asks for an answer in time."""

    REMINDER = "reminder", _("催办")
    YELLOW = "yellow", _("黄牌督办")
    RED = "red", _("红牌督办")
    INSTRUCTION = "instruction", _("领导批示")


class RemarkKind(TextChoices):
    """What somebody wrote on a case, and who may read it."""

    OPINION = "opinion", _("派单意见")
    HANDLING = "handling", _("处置说明")
    RETURN = "return", _("退回说明")
    CHECK = "check", _("核查意见")
    DECLINE = "decline", _("不予受理说明")
    SUPPLEMENT = "supplement", _("补充情况")
    RATING = "rating", _("评价")
    LEVEL = "level", _("上报下派说明")
    RULING = "ruling", _("裁定")
    MERGE = "merge", _("并案说明")
    PAUSE = "pause", _("暂停说明")
    NOTE = "note", _("内部备注")
    REDO = "redo", _("重办说明")
    APPEAL = "appeal", _("申诉与答复")
    NATURE = "nature", _("诉求性质变更说明")
    VISIT = "visit", _("回访记录")
    CONTACT = "contact", _("先行联系")


# What the reporter and other claimants may read; everything else stays among staff.
PUBLIC_REMARKS = frozenset(
    {
        RemarkKind.HANDLING,
        RemarkKind.DECLINE,
        RemarkKind.SUPPLEMENT,
        RemarkKind.RATING,
        RemarkKind.APPEAL,
    }
)


class FileKind(TextChoices):
    """What an attached file is."""

    PHOTO = "photo", _("照片")
    VOICE = "voice", _("语音")


class FileMoment(TextChoices):
    """When in the life of the case a file was taken."""

    REPORT = "report", _("反映时")
    BEFORE = "before", _("处置前")
    AFTER = "after", _("处置后")
    PAPER = "paper", _("办理材料")


class Tab(TextChoices):
    """How the desk cuts its inbox."""

    TODO = "todo", _("待办")
    LATER = "later", _("稍后")
    DOING = "doing", _("处置中")
    LATE = "late", _("超时")
    URGENT = "urgent", _("紧急")
    DONE = "done", _("已办结")
    ALL = "all", _("全部")


class DueWindow(TextChoices):
    """How near the deadline of an open case is."""

    LATE = "late", _("已超时")
    SOON = "soon", _("4小时内")
    TODAY = "today", _("今天内")
    WEEK = "week", _("7天内")


class RevealGround(TextChoices):
    """Why a member of staff looks at a reporter's full name and number."""

    VERIFY = "verify", _("核实情况")
    ARRANGE = "arrange", _("约定上门或到场时间")
    ANSWER = "answer", _("答复或回访")
    URGENT = "urgent", _("紧急联系")


class Fault(TextChoices):
    """In what a case and its record contradict each other."""

    NO_CASE = "no_case", _("有日志，没有案件")
    NO_EVENTS = "no_events", _("有案件，没有日志")
    BROKEN = "broken", _("日志前后不相接")
    STATUS = "status", _("状态不符")
    TURN = "turn", _("轮到谁不符")
    HANDLER = "handler", _("承办人不符")
    DUE = "due", _("办结时限不符")
    ITEM = "item", _("事项不符")
    GRADE = "grade", _("级别不符")
    TIMES = "times", _("时间不符")
    COUNTS = "counts", _("人数或评分不符")
    PARENT = "parent", _("并案不符")
