"""What DVC needs around it: a fast reader of dvc.lock and a copy of it, its output as events, and the push."""
