"""Tests of the lone-elder guard."""
