"""The app of the mail door."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Letters and what is owed to their writers."""

    name = "gongzhi.doors.mail"
    label = "gongzhi_mail"

    def ready(self) -> None:
        """Register what is sent back."""
        from gongzhi.doors.mail import regrets, sending  # noqa: F401
