"""Commands of the lone-elder guard."""
