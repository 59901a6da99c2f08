"""Only one process builds the store, and only while no other process has the database open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import DataError


@contextmanager
def only_one_writer(reports: Path) -> Iterator[None]:
    """Hold the lock of the folder. The system releases it when the process ends, whatever the cause.

    Raises:
        DataError: another process holds the lock.
    """
    import fcntl
    import os

    descriptor = os.open(reports, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(
                "another `harness ingest` is running", where=str(reports), hint="wait until it ends"
            ) from None
        yield
    finally:
        os.close(descriptor)


def refuse_if_open_elsewhere(target: Path) -> None:
    """Refuse to replace a database that another process has open: it would write its log into the new file.

    Raises:
        DataError: another process has the database open.
    """
    import duckdb

    if not target.is_file():
        return
    try:
        duckdb.connect(target, read_only=True).close()
    except duckdb.IOException as error:
        if "lock" in str(error):
            holder = str(error).partition("held in ")[2].partition(". See")[0] or "another process"
            raise DataError(
                f"the database is open in {holder}",
                where=str(target),
                expected="no other process: DuckDB has one writer",
                hint="close it, then run this again; `harness query` reads the Parquet files and never locks them",
            ) from None
    except duckdb.Error:
        return  # damaged or of another version: it is rebuilt from the records anyway
