"""The lone-elder guard: notice when a home falls silent, and see to it that somebody knocks."""
