from __future__ import annotations

import pytest

from harness.sources.transfer_progress import transfer_progress


def test_nothing_is_printed_when_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with transfer_progress("a [bold]file[/]", total=100) as show:
        show(50)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("total", [None, 100])
def test_a_terminal_sees_the_label_as_it_is(
    total: int | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with transfer_progress("a [bold]file[/]", total=total) as show:
        show(50)
    out, err = capsys.readouterr()
    assert out == ""
    assert "a [bold]file[/]" in err
