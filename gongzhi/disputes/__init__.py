"""Quarrels settled by a mediator in six steps, agreement on file, looked at again later."""
