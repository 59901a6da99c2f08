"""Every verb explains itself."""

from __future__ import annotations

import pytest

from harness.__main__ import main
from harness.verbs import VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_prints_its_usage_and_what_it_does(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["help", verb])
    assert ended.value.code == 0
    usage, about, *_ = capsys.readouterr().out.split("\n\n")
    assert usage.startswith(f"usage: harness {verb} ")
    assert len(about.split()) >= 4
