"""Send what stages made to DVC's remote, so that another clone restores it instead of running them.

DVC's run cache says which inputs gave which outputs. DVC leaves out stages whose outputs are in git (`cache: false`),
which the records are. So their entries and records are added to the cache and sent here; `dvc repro --pull` restores
them as it restores any others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.errors import HarnessError


def push(root: Path, stages: Sequence[str]) -> int:
    """Send weights, records and the run cache of the stages to the default remote; the number of stages.

    Raises:
        HarnessError: there is no remote, or it cannot be reached.
    """
    from dvc.config import NoRemoteError
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.stage.serialize import to_single_stage_lockfile

    if not stages:
        return 0
    try:
        with Repo(str(root)) as repo:
            found = [stage for name in stages for stage in repo.stage.collect(name)]
            found = [stage for stage in found if not any(out.persist for out in stage.outs)]  # not in the run cache
            for stage in found:
                repo.stage_cache.save(stage)
            repo.push(targets=list(stages), run_cache=True)
            for stage in found:
                recorded = repo.stage_cache._create_stage(to_single_stage_lockfile(stage), wdir=stage.wdir)
                for objects in recorded.get_used_objs().values():
                    repo.cloud.push(objects)
    except NoRemoteError:
        hint = "add one: `dvc remote add -d team PLACE`"
        raise HarnessError("there is no DVC remote to push to", where=str(root / ".dvc/config"), hint=hint) from None
    except DvcException as error:
        raise HarnessError(f"DVC cannot push: {error}", where=str(root), hint="see `dvc push --verbose`") from error
    return len(stages)
