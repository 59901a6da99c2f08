"""Which inclusion terms of ICD-10-CM name their diagnosis, and no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from harness.domains.builders._icd10_list import Diagnosis
from harness.items.item import Note

REFERENCE = re.compile(r"\b(?:in|to|under|category|categories) [A-Z]\d[0-9A-Z]\b")
"""`Conditions classifiable to C50.-`: understood only by who knows what the other code stands for."""

REPEATED = "synonyms that repeat the diagnosis or another synonym were left out"
REFERRING = "synonyms that only refer to other codes were left out"
AMBIGUOUS = "synonyms that stand under several diagnoses, or are the name of another one, were left out"


class Synonyms:
    """Sorts the terms of a list into those that can be searched for and those that cannot, and counts these."""

    def __init__(self, diagnoses: Sequence[Diagnosis]) -> None:
        """`diagnoses` are all of the list, or a term of one outside a sample would pass as unambiguous."""
        self._names = {diagnosis.text.casefold() for diagnosis in diagnoses}
        self._holders = Counter(term for diagnosis in diagnoses for term in {t.casefold() for t in diagnosis.synonyms})
        self._left_out: Counter[str] = Counter()

    def of(self, diagnosis: Diagnosis) -> tuple[str, ...]:
        """The usable terms of one diagnosis, in their order."""
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
        """How many terms of the diagnoses asked about so far were left out, and why."""
        return [Note(why, self._left_out[why]) for why in (REPEATED, REFERRING, AMBIGUOUS)]
