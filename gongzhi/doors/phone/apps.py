"""The app of the phone desk."""

from django.apps import AppConfig


class PhoneConfig(AppConfig):
    """Calls, orders, and what is owed to callers."""

    name = "gongzhi.doors.phone"

    def ready(self) -> None:
        """Register what is sent back, and what the channel board says of the lines."""
        from gongzhi.doors import reads as board
        from gongzhi.doors.phone import reads, sending  # noqa: F401
        from gongzhi.doors.phone.tables import CALLBACK_LIST, PROVIDER_LIST, SERVICE_LIST
        from gongzhi.doors.words import Door
        from gongzhi.sheets.kinds import writes_out

        writes_out(CALLBACK_LIST, SERVICE_LIST, PROVIDER_LIST)

        board.NOTES[Door.PHONE] = reads.board_note
