"""Every role and what it may do, on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A post's kind; where it holds is the post's area, and everything below it."""

    RESIDENT = "resident", _("居民")
    GRID_WORKER = "grid_worker", _("网格员")
    COMMUNITY_WORKER = "community_worker", _("社区工作者")
    DISPATCHER = "dispatcher", _("调度员")
    UNIT_STAFF = "unit_staff", _("承办单位人员")
    LEADER = "leader", _("负责人")
    AUDITOR = "auditor", _("审计员")
    ADMINISTRATOR = "administrator", _("系统管理员")


class Can(TextChoices):
    """One thing a person may be allowed to do."""

    REPORT_CASES = "report_cases", _("上报事件")
    SEE_CASES = "see_cases", _("查看事件")
    SEE_REPORTER = "see_reporter", _("查看反映人")
    DISPATCH_CASES = "dispatch_cases", _("派遣与不予受理")
    WORK_CASES = "work_cases", _("接单与处置")
    CHECK_CASES = "check_cases", _("核查与结案")
    SUPERVISE = "supervise", _("催办与督办")
    INSTRUCT = "instruct", _("批示")
    GUARD_ELDERS = "guard_elders", _("守护独居老人")
    SEE_REGISTER = "see_register", _("查看人房库")
    KEEP_REGISTER = "keep_register", _("采集与更正人房信息")
    REVEAL_NUMBERS = "reveal_numbers", _("查看完整证件号与电话")
    TAKE_IN_TABLES = "take_in_tables", _("导入人房表格")
    TAKE_OUT_LISTS = "take_out_lists", _("导出人房名单")
    ANSWER_REQUESTS = "answer_requests", _("答复本人查阅、更正与删除请求")
    ARRANGE_VISITS = "arrange_visits", _("布置走访")
    VISIT_HOMES = "visit_homes", _("入户走访")
    WATCH_WALL = "watch_wall", _("查看大屏")
    READ_RECORD = "read_record", _("查看日志")
    MANAGE_ACCOUNTS = "manage_accounts", _("管理账号与岗位")
    MANAGE_CONTENT = "manage_content", _("管理目录与日历")


ALLOWED: dict[Role, frozenset[Can]] = {
    Role.RESIDENT: frozenset({Can.REPORT_CASES}),
    Role.GRID_WORKER: frozenset(
        {
            Can.REPORT_CASES,
            Can.SEE_CASES,
            Can.SEE_REPORTER,
            Can.WORK_CASES,
            Can.GUARD_ELDERS,
            # Their own grids only, and never a whole number.
            Can.SEE_REGISTER,
            Can.KEEP_REGISTER,
            Can.VISIT_HOMES,
        }
    ),
    Role.COMMUNITY_WORKER: frozenset(
        {
            Can.REPORT_CASES,
            Can.SEE_CASES,
            Can.SEE_REPORTER,
            Can.DISPATCH_CASES,
            Can.WORK_CASES,
            Can.CHECK_CASES,
            Can.GUARD_ELDERS,
            Can.WATCH_WALL,
            Can.SEE_REGISTER,
            Can.KEEP_REGISTER,
            Can.REVEAL_NUMBERS,
            Can.TAKE_IN_TABLES,
            Can.TAKE_OUT_LISTS,
            Can.ANSWER_REQUESTS,
            Can.ARRANGE_VISITS,
            Can.VISIT_HOMES,
        }
    ),
    Role.DISPATCHER: frozenset(
        {
            Can.REPORT_CASES,
            Can.SEE_CASES,
            Can.SEE_REPORTER,
            Can.DISPATCH_CASES,
            Can.CHECK_CASES,
            Can.SUPERVISE,
            Can.GUARD_ELDERS,
            Can.WATCH_WALL,
            Can.SEE_REGISTER,
            Can.KEEP_REGISTER,
            Can.REVEAL_NUMBERS,
            Can.TAKE_IN_TABLES,
            Can.TAKE_OUT_LISTS,
            Can.ARRANGE_VISITS,
        }
    ),
    # A unit sees and works what was given to it (see Case.visible_to), nothing by area.
    Role.UNIT_STAFF: frozenset({Can.REPORT_CASES, Can.WORK_CASES}),
    Role.LEADER: frozenset({Can.SEE_CASES, Can.SUPERVISE, Can.INSTRUCT, Can.WATCH_WALL}),
    Role.AUDITOR: frozenset({Can.SEE_CASES, Can.READ_RECORD, Can.SEE_REGISTER}),
    # Administrators keep the system running; they read neither cases nor the register.
    Role.ADMINISTRATOR: frozenset({Can.MANAGE_ACCOUNTS, Can.MANAGE_CONTENT}),
}

STAFF = frozenset(Role) - {Role.RESIDENT}
