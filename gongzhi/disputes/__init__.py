"""Quarrels between parties settled by a mediator in six steps, with the agreement on file and a date to look again."""
