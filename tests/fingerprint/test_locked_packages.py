from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ConfigError
from harness.fingerprint.locked_packages import canonical, distribution_of, read_lock

LOCK = """\
# made by a tool
--index-url https://example.org/simple
-e .
numpy==2.4.0 \\
    --hash=sha256:0123 \\
    --hash=sha256:4567
    # via torch
PyYAML==6.0.3
ruamel.yaml == 0.18.6  # pinned
lm_eval[api]==0.4.13 ; python_version >= "3.11"
torch==2.13.0+cpu ; sys_platform == "linux"
torch==2.13.0 ; sys_platform == "darwin"
unpinned>=1
"""


def test_pins_are_read_from_every_usual_form(tmp_path: Path) -> None:
    path = tmp_path / "requirements.lock"
    path.write_text(LOCK)
    assert read_lock(path) == {
        "lm-eval": "0.4.13",
        "numpy": "2.4.0",
        "pyyaml": "6.0.3",
        "ruamel-yaml": "0.18.6",
        "torch": "2.13.0|2.13.0+cpu",
    }


def test_a_missing_or_empty_lock_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "requirements.lock"
    with pytest.raises(ConfigError, match="does not exist"):
        read_lock(path)
    path.write_text("# nothing\n")
    with pytest.raises(ConfigError, match="pins no package"):
        read_lock(path)


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("sklearn", "scikit-learn"),
        ("yaml", "pyyaml"),
        ("ruamel", "ruamel-yaml"),
        ("lm_eval", "lm-eval"),
        ("sentence_transformers", "sentence-transformers"),
        ("PIL", "pillow"),
        ("torch", "torch"),
    ],
)
def test_imports_are_found_under_the_name_of_their_distribution(module: str, distribution: str) -> None:
    assert distribution_of(module) == distribution


@given(parts=st.lists(st.text(alphabet="abcXYZ019", min_size=1, max_size=5), min_size=1, max_size=4), data=st.data())
def test_case_and_separators_do_not_matter(parts: list[str], data: st.DataObject) -> None:
    separators = st.sampled_from(["-", "_", ".", "--", "_."])
    written = parts[0] + "".join(data.draw(separators) + part for part in parts[1:])
    assert canonical(written) == canonical("-".join(parts).upper())
