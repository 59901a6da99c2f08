from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.advice.race.parallel import ParallelTrainings, Settings, measured
from harness.advice.race.rungs import Result
from harness.advice.race.trainings import Trainings
from harness.config.project import Project
from harness.errors import ConfigError, HarnessError
from harness.measure.device import prepare_device
from harness.running.engines.placement import Machine
from harness.running.engines.ray_engine import Cluster
from harness.verbs.race import main

LAPTOP = Machine("laptop", cpus=4, gpus=0, memory_bytes=16e9)


class LostError(Exception):
    """As Ray's errors."""


class FakeRay:
    """As much of Ray as a race uses. A started task is done when it is waited for, the newest first."""

    exceptions = SimpleNamespace(RayError=LostError)

    def __init__(self, *, lost: str = "") -> None:
        self.options: dict[str, dict[str, Any]] = {}
        self.lost, self.at_work, self.most = lost, 0, 0

    def remote(self, **options: Any) -> Any:
        def start(settings: Settings, recipe: str, examples: int) -> tuple[str, int]:
            self.options[recipe] = options
            self.at_work += 1
            self.most = max(self.most, self.at_work)
            return recipe, examples

        return lambda function: SimpleNamespace(remote=start if function is measured else None)

    def wait(self, running: list[Any], num_returns: int) -> tuple[list[Any], list[Any]]:
        assert num_returns == 1
        self.at_work -= 1
        return [running[-1]], running[:-1]

    def get(self, reference: tuple[str, int]) -> Result:
        if reference[0] == self.lost:
            raise LostError("worker died")
        return Result(*reference, seconds=1.0, failed="fake")


def parallel(project: Project, ray: FakeRay, *, machine: Machine = LAPTOP, jobs: int = 2) -> ParallelTrainings:
    settings = Settings(str(project.root), "hs_products", 0, 16)
    trainings = Trainings(project, domain="hs_products", seed=0, items=16, device=prepare_device("float32"))
    return ParallelTrainings(trainings, settings, Cluster(ray, [machine]), jobs=jobs)


def test_no_more_than_jobs_run_and_each_reserves_what_its_family_names(prepared: Project) -> None:
    ray, names = FakeRay(), ["baseline/tfidf", "baseline/majority", "peft/lora"]
    results = list(parallel(prepared, ray).measure(names, 32))
    assert [one.recipe_id for one in results] == ["baseline/majority", "peft/lora", "baseline/tfidf"]
    assert ray.most == 2
    hint = prepared.family("peft").stages.train.memory_gb
    assert hint
    assert ray.options["peft/lora"]["memory"] == int(hint * 1e9)
    assert ray.options["peft/lora"]["num_cpus"] == 2
    assert ray.options["peft/lora"]["num_gpus"] == 0


def test_a_recipe_that_no_machine_has_room_for_is_refused_before_anything_runs(prepared: Project) -> None:
    small = Machine("small", cpus=4, gpus=0, memory_bytes=1e8)
    with pytest.raises(ConfigError, match="no machine has what this stage asks for"):
        parallel(prepared, FakeRay(), machine=small).require_room(["peft/lora"])


def test_a_lost_worker_is_told_with_the_way_on(prepared: Project) -> None:
    with pytest.raises(HarnessError, match="the training of peft/lora ended without a result: worker died") as raised:
        list(parallel(prepared, FakeRay(lost="peft/lora")).measure(["peft/lora"], 32))
    assert "repeat the command" in str(raised.value.hint)


@pytest.mark.ray
def test_a_real_race_of_two_recipes_at_a_time(
    prepared: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(prepared.root)
    monkeypatch.setattr("harness.verbs.race.require_valid", lambda _: None)  # the tree of a test has no code
    arguments = ["--domain", "hs_products", "--budget", "10min", "--smallest", "32", "--seed", "1"]
    assert main([*arguments, "--methods", "baseline/majority", "baseline/tfidf", "--jobs", "2"]) == 0
    out = capsys.readouterr().out
    assert "baseline/majority with 32 examples: " in out
    assert "Choice: baseline/tfidf with " in out
    assert (prepared.root / "runs/.races/hs_products-1.json").is_file()
    assert not list((prepared.root / "runs/.races").rglob("*.safetensors"))
