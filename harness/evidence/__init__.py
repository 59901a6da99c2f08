"""The statistics behind the boards: intervals, paired differences, verdicts, ranks. No files, no models."""
