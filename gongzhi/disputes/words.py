"""The words disputes are spoken of in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """The six steps, and the ways in which a dispute ends."""

    FOUND = "found", _("排查搜集")
    SORTED = "sorted", _("归类分流")
    RATED = "rated", _("风险评估")
    MEDIATING = "mediating", _("化解处置")
    SETTLED = "settled", _("回访评析")
    FOLLOWED = "followed", _("监督考核")
    ARCHIVED = "archived", _("已归档")
    GUIDED = "guided", _("已引导其他途径")
    WITHDRAWN = "withdrawn", _("已撤回")


STEPS = (
    Status.FOUND,
    Status.SORTED,
    Status.RATED,
    Status.MEDIATING,
    Status.SETTLED,
    Status.FOLLOWED,
)


class Kind(TextChoices):
    """Classes of disputes, by which mediators are skilled."""

    NEIGHBOURS = "neighbours", _("邻里")
    FAMILY = "family", _("婚姻家庭")
    PROPERTY = "property", _("物业与房屋")
    LABOUR = "labour", _("劳动与薪酬")
    CONSUMER = "consumer", _("消费与借贷")
    LAND = "land", _("土地与征迁")
    DAMAGE = "damage", _("损害赔偿")
    OTHER = "other", _("其他")


class Risk(TextChoices):
    """How dangerous it may become; decides the clock and who may mediate."""

    LOW = "low", _("一般")
    MEDIUM = "medium", _("较大")
    HIGH = "high", _("重大")


class Side(TextChoices):
    """On which side somebody stands."""

    APPLICANT = "applicant", _("申请人")
    RESPONDENT = "respondent", _("被申请人")
    OTHER = "other", _("其他当事人")


class SignedHow(TextChoices):
    """How a signature came onto the paper."""

    DRAWN = "drawn", _("手写签名")
    PHOTO = "photo", _("签字页照片")


class RevealGround(TextChoices):
    """Why a party's full name and number are looked at."""

    ARRANGE = "arrange", _("约定调解时间地点")
    VERIFY = "verify", _("核实身份与情况")
    FOLLOW_UP = "follow_up", _("回访")


class GuideTo(TextChoices):
    """Where people are shown the way when it cannot be settled here."""

    COURT = "court", _("人民法院诉讼")
    ARBITRATION = "arbitration", _("劳动或商事仲裁")
    ADMINISTRATIVE = "administrative", _("行政裁决、复议")
    POLICE = "police", _("公安机关")
    ABOVE = "above", _("上级调解组织")
