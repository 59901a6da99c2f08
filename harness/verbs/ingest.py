"""`harness ingest`: build reports/results.duckdb and reports/parquet/ from the records of the active runs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project
from harness.runtime.parent_watch import exit_with_parent
from harness.store.ingest import ingest


def main(argv: Sequence[str]) -> int:
    """Rebuild the store of the project that contains the working directory."""
    exit_with_parent()
    parser = argparse.ArgumentParser(prog="harness ingest", description=(__doc__ or "").splitlines()[0])
    parser.parse_args(argv)
    project = Project.here()
    done = ingest(project)
    failed = f" ({done.failed} failed)" if done.failed else ""
    if done.unscored:
        print(f"not scored yet: {', '.join(done.unscored)}")
    print(f"ingested {done.runs} runs{failed}, {done.samples:,} samples -> reports/results.duckdb, reports/parquet/")
    return 0
