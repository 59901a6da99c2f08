"""`harness race`: start many recipes small, drop what is clearly behind on validation items, end with a choice."""
