"""Select the inclusion terms of ICD-10-CM that name one diagnosis unambiguously."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from harness.domains.builders._icd10_list import Diagnosis
from harness.items.item import Note

REFERENCE = re.compile(r"\b(?:in|to|under|category|categories) [A-Z]\d[0-9A-Z]\b")
"""A reference such as `Conditions classifiable to C50.-`: it is useless without knowledge of the other code."""

REPEATED = "synonyms that repeat the diagnosis or another synonym were left out"
REFERRING = "synonyms that only refer to other codes were left out"
AMBIGUOUS = "synonyms of several diagnoses, or with the name of another diagnosis, were left out"


class Synonyms:
    """Selects usable terms and counts the others."""

    def __init__(self, diagnoses: Sequence[Diagnosis]) -> None:
        """`diagnoses`: all of the list; from a sample alone, a term of several diagnoses could look unambiguous."""
        self._names = {diagnosis.text.casefold() for diagnosis in diagnoses}
        self._holders = Counter(term for diagnosis in diagnoses for term in {t.casefold() for t in diagnosis.synonyms})
        self._left_out: Counter[str] = Counter()

    def of(self, diagnosis: Diagnosis) -> tuple[str, ...]:
        """The usable terms of one diagnosis, in the order of the list."""
        seen = {diagnosis.text.casefold()}
        kept: list[str] = []
        for term in diagnosis.synonyms:
            folded = term.casefold()
            if folded in seen:
                self._left_out[REPEATED] += 1
            elif REFERENCE.search(term):
                self._left_out[REFERRING] += 1
            elif self._holders[folded] > 1 or folded in self._names:
                self._left_out[AMBIGUOUS] += 1
            else:
                kept.append(term)
            seen.add(folded)
        return tuple(kept)

    def notes(self) -> Iterable[Note]:
        """Numbers of left-out terms, by reason, over all diagnoses passed to `of` so far."""
        return [Note(why, self._left_out[why]) for why in (REPEATED, REFERRING, AMBIGUOUS)]
