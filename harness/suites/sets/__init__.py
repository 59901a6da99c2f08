"""The question sets. Each module defines one constant `SET`; a suite names the module under `questions:`."""
