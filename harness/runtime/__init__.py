"""What makes a stage safe to run and to interrupt: atomic outputs, parent watch, progress, quiet libraries."""
