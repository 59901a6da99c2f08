"""Statistics behind every claim of the board: intervals, paired differences, verdicts. No files, no models."""
