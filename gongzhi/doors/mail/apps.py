"""The app of the mail door."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Letters and what is owed to their writers."""

    name = "gongzhi.doors.mail"
    label = "gongzhi_mail"

    def ready(self) -> None:
        """Register what is sent back, and what the channel board says of letters without a case."""
        from gongzhi.cases.reads import told
        from gongzhi.doors import reads as board
        from gongzhi.doors.mail import reads, regrets, sending  # noqa: F401
        from gongzhi.doors.words import Door

        told.ELSEWHERE[regrets.TEMPLATE] = regrets.worded
        board.BESIDES[Door.MAILBOX] = reads.owed
        board.LISTS.append(("mail/_undelivered.html", reads.undelivered))
