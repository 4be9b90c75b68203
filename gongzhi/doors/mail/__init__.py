"""Mailboxes: letters in by IMAP, threads joined to their cases, every answer back by SMTP."""
