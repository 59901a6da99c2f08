from __future__ import annotations

import pytest

from harness.errors import SourceError
from harness.sources.selection import require_matches, wanted


def test_a_star_crosses_folders() -> None:
    assert wanted("model/1_Pooling/config.json", ["model/*"])
    assert not wanted("other/config.json", ["model/*"])


def test_a_glob_without_a_match_is_named_with_what_is_there() -> None:
    with pytest.raises(SourceError) as caught:
        require_matches(["a.json", "b.json"], ["*.json", "*.csv"], where="data/sources.yaml: x")
    assert '"*.csv"' in caught.value.what
    assert "a.json, b.json" in str(caught.value.expected)


def test_a_misspelt_file_gets_a_suggestion() -> None:
    with pytest.raises(SourceError) as caught:
        require_matches(["data/hscodes.json"], ["data/hscode.json"], where="x")
    assert caught.value.hint == 'did you mean "data/hscodes.json"?'
