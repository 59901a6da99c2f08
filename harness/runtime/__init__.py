"""Run a stage safely: atomic outputs, an end together with dvc, progress reports, quiet libraries."""
