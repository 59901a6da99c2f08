"""The language of an answer, as recognised by py3langid."""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import did_you_mean
from harness.suites.checks.contract import CheckKind, Rule, WrongArgument
from harness.texts.languages import language_mix

LANGUAGES = {"de": "German", "fr": "French", "es": "Spanish", "sv": "Swedish"}
"""ISO 639-1 code -> name."""


def recognised(text: str) -> str | None:
    """The code of the most likely of 97 languages; null for texts below 20 characters, which are too short."""
    found = language_mix([text]).languages
    return found[0].code if found else None


def _language(argument: str) -> Rule:
    if argument not in LANGUAGES:
        raise WrongArgument(f'"{argument}" is not one of them; {did_you_mean(argument, LANGUAGES)}')
    return Rule(f"in {LANGUAGES[argument]}", lambda text: recognised(text) == argument)


CHECKS: Mapping[str, CheckKind] = {"language": CheckKind(_language, f"one of {', '.join(LANGUAGES)}", "de")}
