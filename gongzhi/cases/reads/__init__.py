"""What pages and the machine interface ask about cases; nothing here writes."""
