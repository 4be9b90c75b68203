"""A provider that sends nothing: what would have been sent is kept and shown on the screen."""


class Simulator:
    """Takes every message; nothing leaves this machine."""

    def send(self, *, phone: str, words: str) -> None:
        """Nothing to do: the message lies in the outbox already, where the screen shows it."""
