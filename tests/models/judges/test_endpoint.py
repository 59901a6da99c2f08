"""The endpoint judge against a real local server that is slow, busy, broken, or talks nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.items.rows import Preference
from harness.models.judges.endpoint import RETRIES, EndpointJudge

Reply = Callable[[dict[str, Any], int], tuple[int, dict[str, str], str]]
"""(request, number of requests so far) -> status, headers, body."""


def pair(name: str) -> Preference:
    return Preference(
        id=name,
        split="train",
        cluster=name,
        prompt=f"What is {name}?",
        chosen=f"{name} right",
        rejected=f"{name} wrong",
    )


ROWS = [pair("iron"), pair("oak")]


def completion(text: str) -> tuple[int, dict[str, str], str]:
    body = {"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 50, "completion_tokens": 1}}
    return 200, {}, json.dumps(body)


def prefers_right(request: dict[str, Any], count: int) -> tuple[int, dict[str, str], str]:
    text = request["messages"][0]["content"]
    return completion("A" if text.index("right") < text.index("wrong") else "B")


class Server:
    def __init__(self, reply: Reply) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.keys.append(self.headers.get("Authorization"))
                outer.requests.append(request)
                status, headers, body = reply(request, len(outer.requests))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"


@pytest.fixture
def serve() -> Iterator[Callable[[Reply], Server]]:
    started: list[Server] = []

    def start(reply: Reply) -> Server:
        started.append(Server(reply))
        return started[-1]

    yield start
    for server in started:
        server.http.shutdown()
        server.http.server_close()


def judge_of(server: Server, folder: Path, **settings: Any) -> tuple[EndpointJudge, list[float]]:
    waits: list[float] = []
    return EndpointJudge(server.url, "big", memory=folder / "replies.jsonl", wait=waits.append, **settings), waits


def test_it_asks_in_both_orders(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    server = serve(prefers_right)
    judge, _ = judge_of(server, tmp_path, api_key="secret")
    assert [verdict.margin for verdict in judge.verdicts(ROWS)] == [1.0, 1.0]
    assert (judge.usage.requests, judge.usage.prompt_tokens) == (4, 200)
    assert set(server.keys) == {"Bearer secret"}
    assert {request["temperature"] for request in server.requests} == {0}


def test_a_leaning_towards_the_first_place_cancels_out(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    judge, _ = judge_of(serve(lambda request, count: completion("A")), tmp_path)
    verdicts = judge.verdicts(ROWS)
    assert [verdict.margin for verdict in verdicts] == [0.0, 0.0]
    assert not any(verdict.same_in_both_orders for verdict in verdicts)


def test_nothing_is_paid_for_twice(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    server = serve(prefers_right)
    judge_of(server, tmp_path)[0].verdicts(ROWS)
    with (tmp_path / "replies.jsonl").open("a") as file:
        file.write('{"key": "cut o')  # killed while it wrote
    again, _ = judge_of(server, tmp_path)
    assert [verdict.margin for verdict in again.verdicts(ROWS)] == [1.0, 1.0]
    assert (len(server.requests), again.usage.reused) == (4, 4)


def test_a_busy_endpoint_is_asked_again_when_it_says(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    def busy_first(request: dict[str, Any], count: int) -> tuple[int, dict[str, str], str]:
        return (429, {"Retry-After": "3"}, "") if count == 1 else prefers_right(request, count)

    judge, waits = judge_of(serve(busy_first), tmp_path)
    assert judge.verdicts(ROWS[:1])[0].margin == 1.0
    assert waits == [3.0]


def test_what_is_no_letter_is_no_verdict(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    judge, _ = judge_of(serve(lambda request, count: completion("Both are fine: A and B")), tmp_path)
    assert judge.verdicts(ROWS)[0].margin is None
    assert judge.usage.unreadable == 4


def test_failures_end_with_a_clear_error(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    judge, waits = judge_of(serve(lambda request, count: (500, {}, "")), tmp_path)
    with pytest.raises(DataError, match=f"no reply in {RETRIES} attempts: status 500"):
        judge.verdicts(ROWS)
    assert len(waits) == RETRIES


def test_a_refused_key_is_not_tried_again(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    server = serve(lambda request, count: (401, {}, ""))
    with pytest.raises(DataError, match="refuses the key"):
        judge_of(server, tmp_path)[0].verdicts(ROWS)
    assert len(server.requests) == 1


def test_garbage_is_named(serve: Callable[[Reply], Server], tmp_path: Path) -> None:
    judge, _ = judge_of(serve(lambda request, count: (200, {}, "<html>")), tmp_path)
    with pytest.raises(DataError, match="not a chat completion"):
        judge.verdicts(ROWS)


def test_an_endpoint_that_does_not_answer_is_named(tmp_path: Path) -> None:
    waits: list[float] = []
    judge = EndpointJudge("http://127.0.0.1:9/v1", "big", memory=tmp_path / "replies.jsonl", wait=waits.append)
    with pytest.raises(DataError, match="ConnectionError"):
        judge.verdicts(ROWS)
