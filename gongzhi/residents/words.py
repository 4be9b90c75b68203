"""The words of the register: kinds of documents, residence, relations, facts, changes, requests."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IdKind(TextChoices):
    """The document by which somebody is known."""

    RESIDENT_ID = "resident_id", _("居民身份证")
    PERMIT = "permit", _("港澳台居民居住证")
    PASSPORT = "passport", _("护照")
    OTHER = "other", _("其他证件")


class Gender(TextChoices):
    """As the document says; blank when nobody knows."""

    FEMALE = "female", _("女")
    MALE = "male", _("男")


class Residence(TextChoices):
    """How the registered home and the actual home lie to each other (人户关系)."""

    LOCAL = "local", _("人户一致")
    AWAY = "away", _("户在人不在")
    HERE = "here", _("人在户不在")
    FLOATING = "floating", _("流动人口")


class LifeState(TextChoices):
    """Whether somebody still belongs to the living register."""

    PRESENT = "present", _("在册")
    MOVED_OUT = "moved_out", _("迁出")
    DECEASED = "deceased", _("死亡")
    ERASED = "erased", _("已删除")


class HouseholdRole(TextChoices):
    """What somebody is to the head of the household."""

    HEAD = "head", _("户主")
    SPOUSE = "spouse", _("配偶")
    CHILD = "child", _("子女")
    PARENT = "parent", _("父母")
    GRANDCHILD = "grandchild", _("孙辈")
    GRANDPARENT = "grandparent", _("祖辈")
    SIBLING = "sibling", _("兄弟姐妹")
    OTHER = "other", _("其他亲属")
    UNRELATED = "unrelated", _("非亲属")


class RelationKind(TextChoices):
    """What the other is to this person, across households."""

    SPOUSE = "spouse", _("配偶")
    PARENT = "parent", _("父母")
    CHILD = "child", _("子女")
    GUARDIAN = "guardian", _("监护人")
    WARD = "ward", _("被监护人")
    CARER = "carer", _("照护人")
    CARED_FOR = "cared_for", _("被照护人")
    CONTACT = "contact", _("紧急联系人")
    RELATIVE = "relative", _("其他亲属")


class FactKind(TextChoices):
    """What a department says of somebody; tags are drawn from these."""

    PARTY_MEMBER = "party_member", _("中共党员")
    VETERAN = "veteran", _("退役军人")
    HONOURED = "honoured", _("优抚对象")
    DISABLED = "disabled", _("持残疾人证")
    LOW_INCOME = "low_income", _("低保")
    NEARLY_LOW = "nearly_low", _("低保边缘")
    DESTITUTE = "destitute", _("特困供养")
    ORPHAN = "orphan", _("孤儿")
    LEFT_BEHIND = "left_behind", _("父母外出务工")
    LOST_CHILD = "lost_child", _("计生特殊家庭")
    CHRONIC = "chronic", _("重大慢性病")
    VOLUNTEER = "volunteer", _("注册志愿者")


class OwnershipKind(TextChoices):
    """By what right somebody has a dwelling."""

    OWNER = "owner", _("产权人")
    TENANT = "tenant", _("承租人")


class OrganisationKind(TextChoices):
    """What an organisation is to the community."""

    SHOP = "shop", _("商户")
    FIRM = "firm", _("企业")
    INSTITUTION = "institution", _("事业单位")
    AUTHORITY = "authority", _("机关")
    SOCIAL = "social", _("社会组织")
    SCHOOL = "school", _("学校与幼托")
    CLINIC = "clinic", _("医疗机构")
    OTHER = "other", _("其他")


class OrganisationState(TextChoices):
    """Whether an organisation still works there."""

    OPEN = "open", _("存续")
    PAUSED = "paused", _("歇业")
    CLOSED = "closed", _("注销")


class TagOrigin(TextChoices):
    """Who put a tag: a rule or a person."""

    RULE = "rule", _("自动")
    MANUAL = "manual", _("人工")


class RevealGround(TextChoices):
    """Why somebody looks at a whole number."""

    VISIT = "visit", _("上门走访联系")
    MATTER = "matter", _("办理本人事项")
    SAFETY = "safety", _("生命健康紧急情况")
    CHECK = "check", _("核对登记信息")
    CAMPAIGN = "campaign", _("专项排查")


class EraseGround(TextChoices):
    """Why somebody is taken out of the register (PIPL 47)."""

    WISH = "wish", _("本人撤回同意或申请删除")
    FULFILLED = "fulfilled", _("采集目的已实现")
    UNLAWFUL = "unlawful", _("采集没有依据")
    MISTAKE = "mistake", _("登记错误")


class RequestKind(TextChoices):
    """What a person may ask of the register about themselves."""

    SEE = "see", _("查阅复制本人信息")
    CORRECT = "correct", _("更正本人信息")
    REVIEW = "review", _("复核自动标签")
    ERASE = "erase", _("删除本人信息")


class RequestState(TextChoices):
    """Where a person's request is."""

    OPEN = "open", _("待答复")
    GRANTED = "granted", _("已办理")
    DECLINED = "declined", _("未采纳")


class Subject(TextChoices):
    """What a change was made to."""

    RESIDENT = "resident", _("人员")
    PHONE = "phone", _("电话")
    FACT = "fact", _("情况")
    TAG = "tag", _("标签")
    RELATION = "relation", _("关系")
    DWELLING = "dwelling", _("房屋")
    ORGANISATION = "organisation", _("组织")
    COMPONENT = "component", _("部件")


ABOUT_A_PERSON = (
    Subject.RESIDENT,
    Subject.PHONE,
    Subject.FACT,
    Subject.TAG,
    Subject.RELATION,
)


class Outcome(TextChoices):
    """What became of one row that was taken in."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("更新")
    SAME = "same", _("无变化")
    REFUSED = "refused", _("有错误")
