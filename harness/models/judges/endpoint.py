"""A judge behind an OpenAI-compatible endpoint, on this machine or elsewhere."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.items.rows import Preference
from harness.models.judges.letters import LETTERS, orders, question
from harness.models.judges.verdict import Judge, Verdict

RETRIES = 5
"""Attempts for one question, where the endpoint is busy, slow or fails."""
LONGEST_WAIT = 60.0
"""Seconds between two attempts at most."""
CERTAIN = 1.0
"""Log-odds of a verdict that comes as a letter, without a probability."""


@dataclass
class Usage:
    """What the endpoint was asked."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reused: int = 0
    """Answers that an earlier, interrupted run had already paid for."""
    unreadable: int = 0
    """Replies that name neither letter, or both; they count as no verdict."""


@dataclass
class EndpointJudge(Judge):
    """Asks for a letter, in both orders. Each reply is written to `memory` at once, so that nothing is paid twice."""

    url: str
    """Up to `/v1`, such as `http://localhost:8000/v1`."""
    model: str
    memory: Path
    """A file of replies, one JSON object per line."""
    api_key: str | None = None
    timeout: float = 60.0
    """Seconds to wait for one reply."""
    wait: Callable[[float], None] = time.sleep
    usage: Usage = field(default_factory=Usage)

    def verdicts(self, rows: Sequence[Preference]) -> list[Verdict]:
        """One verdict per row.

        Raises:
            DataError: the endpoint cannot be reached, refuses the key, or fails again and again.
        """
        known = self._remembered()
        found = []
        for row in rows:
            leads = [self._lead(question(row.prompt, *order), known) for order in orders(row)]
            second = leads[1]
            found.append(Verdict(leads[0], None if second is None else -second))
        return found

    def _lead(self, text: str, known: dict[str, str]) -> float | None:
        """Log-odds of A; null if the reply cannot be read."""
        key = hashlib.sha256(json.dumps([self.url, self.model, text]).encode()).hexdigest()
        if key in known:
            self.usage.reused += 1
            reply = known[key]
        else:
            reply = self._ask(text)
            known[key] = reply
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            with self.memory.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "reply": reply}) + "\n")
        named = [letter for letter in LETTERS if letter in _words(reply)]
        if len(named) != 1:
            self.usage.unreadable += 1
            return None
        return CERTAIN if named[0] == LETTERS[0] else -CERTAIN

    def _ask(self, text: str) -> str:
        import requests

        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "user", "content": text}],
            "temperature": 0,
            "max_tokens": 8,
        }
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        problem = ""
        for attempt in range(RETRIES):
            try:
                answer = requests.post(
                    f"{self.url.rstrip('/')}/chat/completions", json=body, headers=headers, timeout=self.timeout
                )
            except (requests.ConnectionError, requests.Timeout) as error:
                problem = type(error).__name__
            else:
                if answer.status_code in (401, 403):
                    raise DataError("the endpoint refuses the key", where=self.url, hint="check `api_key_env`")
                if answer.ok:
                    return self._reply(answer)
                problem = f"status {answer.status_code}"
                if answer.status_code not in (408, 409, 429) and answer.status_code < 500:
                    raise DataError(f"the endpoint refuses the question: {problem}", where=self.url)
                if given := answer.headers.get("Retry-After", ""):
                    self.wait(min(float(given) if given.replace(".", "", 1).isdigit() else 1.0, LONGEST_WAIT))
                    continue
            self.wait(min(2.0**attempt, LONGEST_WAIT))
        raise DataError(
            f"the endpoint gave no reply in {RETRIES} attempts: {problem}",
            where=self.url,
            hint="run the stage again when it works; replies so far are kept",
        )

    def _reply(self, answer: Any) -> str:
        """The text of the reply.

        Raises:
            DataError: the endpoint does not speak the protocol.
        """
        try:
            content = answer.json()
            text = content["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise DataError(
                f"the reply is not a chat completion: {type(error).__name__}",
                where=self.url,
                expected="choices[0].message.content, as the OpenAI API has it",
            ) from None
        used: Mapping[str, Any] = content.get("usage") or {}
        self.usage.requests += 1
        self.usage.prompt_tokens += int(used.get("prompt_tokens") or 0)
        self.usage.completion_tokens += int(used.get("completion_tokens") or 0)
        return str(text or "")

    def _remembered(self) -> dict[str, str]:
        if not self.memory.is_file():
            return {}
        found = {}
        for line in self.memory.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:  # the last line of a run that was killed while it wrote
                continue
            found[entry["key"]] = entry["reply"]
        return found


def _words(reply: str) -> set[str]:
    """The words of a reply without punctuation."""
    return {word.strip(" .,:;!?\"'`*()[]") for word in reply.split()}
