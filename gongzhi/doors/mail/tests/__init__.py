"""Tests of the mail door, against a real IMAP and a real SMTP server."""
