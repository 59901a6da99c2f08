"""Which code and which package versions a stage depends on, as one hash per stage."""
