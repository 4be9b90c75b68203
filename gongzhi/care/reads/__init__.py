"""What pages read about elders: the board, one elder's rhythm, an alert with its ladder."""
