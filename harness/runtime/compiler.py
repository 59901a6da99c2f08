"""Spare a process the import of torch's compiler, which most processes never use.

bitsandbytes, which peft imports wherever it is installed, decorates four functions with `torch.compile`. That alone
imports torch._inductor, which takes about one second of computing in each process. With torch's own switch
`TORCHDYNAMO_DISABLE=1`, `torch.compile` returns functions unchanged.
"""

from __future__ import annotations

import os

SWITCH = "TORCHDYNAMO_DISABLE"


def without_compiler() -> None:
    """Make `torch.compile` return functions unchanged in this process, unless the user has set the switch.

    Call it before peft is imported, and not in a process that trains with `torch_compile: true`.
    """
    os.environ.setdefault(SWITCH, "1")
