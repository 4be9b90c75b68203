"""What can be wrong, how grave it is, who answers for it and how long they have."""
