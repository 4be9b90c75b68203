"""The live stream as the faces know it; see gongzhi/journal/listening.py."""

from gongzhi.journal.listening import live_url, with_live_stream

__all__ = ["live_url", "with_live_stream"]
