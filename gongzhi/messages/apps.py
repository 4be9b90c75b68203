"""Told apart from Django's own messages by its label."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The app under a label that does not clash with django.contrib.messages."""

    name = "gongzhi.messages"
    label = "gongzhi_messages"

    def ready(self) -> None:
        """Register what the worker looks after."""
        from gongzhi.messages import chores  # noqa: F401
