"""Switch off the progress bars and notices of libraries. The harness reports progress itself."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_libraries() -> None:
    """Set the environment variables and log levels. Call this before transformers, trl, peft or lm-eval is imported."""
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # data sets here are small, and after a fork it would warn
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # only `harness fetch` may download
    for name in ("lm_eval", "mteb", "peft", "accelerate", "datasets", "bitsandbytes"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message=".*is ill-defined")  # scikit-learn, about measures that no board shows
