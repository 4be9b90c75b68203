"""Making a copy, and bringing one back."""
