"""What a letter is, from its headers and words alone: automatic or not, which case, what is new.

No Django, no database, no clock.
"""

import re
from collections.abc import Collection, Mapping

CASE_NUMBER = re.compile(r"GZ\d{12,18}(?!\d)", re.IGNORECASE)
OUR_ID = re.compile(r"<gongzhi\.(\d{1,18})\.(\d{1,18})\.([0-9a-f]{16})@[^<>\s]+>")
BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
MACHINES = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "do-not-reply@")
AWAY = re.compile(
    r"^\s*(自动回复|自動回覆|自动答复|外出自动|休假|automatic reply|auto[- ]?reply|autoreply|"
    r"out of (the )?office|undeliverable|undelivered mail|delivery status notification|"
    r"mail delivery failed|returned mail|系统退信|退信)",
    re.IGNORECASE,
)
# Where what was written before begins: everything from such a line on is a quotation.
_QUOTED = re.compile(
    r"^\s*(-{2,}\s*(原始邮件|原邮件|Original Message|Forwarded message|转发的邮件|回复的原邮件)"
    r"|_{20,}\s*$"
    r"|在\s*.{6,80}(写道|寫道)\s*[:：]\s*$"
    r"|于\s*.{6,80}(写道|寫道)\s*[:：]\s*$"
    r"|(On|At)\s.{6,120}\bwrote\s*[:：]\s*$"
    r"|(发件人|寄件者|From)\s*[:：].+@)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(-- |发自我的\S{1,20}|來自我的\S{1,20}|Sent from my .{1,40}|发送自.{1,40})\s*$",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^\s*((re|fw|fwd|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)


def automatic(headers: Mapping[str, str], own: Collection[str]) -> str:
    """Why nobody wrote this letter by hand; empty when somebody did.

    `headers` in lower case, `own` our own addresses in lower case.
    """
    sender = headers.get("from-address", "").lower()
    if sender in own or any(address in headers.get("x-loop", "").lower() for address in own):
        return "loop"
    if headers.get("return-path", "-").strip() == "<>" or "multipart/report" in headers.get(
        "content-type", ""
    ):
        return "bounce"
    if headers.get("auto-submitted", "no").split(";")[0].strip().lower() not in {"no", ""}:
        return "auto-submitted"
    if headers.get("precedence", "").strip().lower() in BULK:
        return "bulk"
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "list-id")):
        return "bulk"
    if not sender or sender.startswith(MACHINES):
        return "machine"
    return "away" if AWAY.match(headers.get("subject", "")) else ""


def bare_subject(subject: str) -> str:
    """The subject without Re:, 回复：, and the number of the case that we put there."""
    bare = _REPLY.sub("", subject)
    bare = re.sub(r"\[\s*GZ\d{12,18}\s*\]", "", bare, flags=re.IGNORECASE)
    return _REPLY.sub("", bare).strip()


def new_words(text: str) -> str:
    """What the writer wrote this time: without quotations and the advert of their telephone.

    When everything stands below or between quotations only the quoted lines are left out.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((n for n, line in enumerate(lines) if _QUOTED.match(line)), len(lines))
    above = _unquoted(lines[:end])
    return above or _unquoted([line for line in lines if not _QUOTED.match(line)])


def _unquoted(lines: list[str]) -> str:
    kept = []
    for line in lines:
        if _SIGNATURE.match(line):
            break
        if not line.lstrip().startswith((">", "＞")):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
