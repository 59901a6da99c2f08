"""One module per verb: `harness VERB` runs `main(argv)` of `harness/verbs/<verb>.py`."""

VERBS = {
    "domain": "add your own domain from a file; show, list and remove domains",
    "check": "validate every YAML file of the tree, without any heavy import",
    "profile": "write params.yaml from a ready-made profile: smoke, cpu or gpu",
    "pipeline": "generate the stages of the families in dvc.yaml from recipes/",
    "plan": "what `dvc repro` would run, in which order, with time, memory and money",
    "memory": "predict how much memory a recipe needs, from a model's configuration alone",
    "fingerprint": "hash the code that each stage uses, so that DVC re-runs what changed",
    "fetch": "download and verify the pinned sources",
    "base": "make the pretrained model of a role ready to load",
    "collect": "turn a domain's source into items, each in one split",
    "questions": "make the questions that come with suites instead of with a domain",
    "prepare": "remove a domain's leaked training items; write its views and data card",
    "train": "run one recipe on a domain with a seed",
    "score": "score one run with every suite",
    "curve": "make a learning curve: train and score a recipe with 8, 16, 32, 64 items",
    "tune": "choose a recipe's learning rate from its declared grid, on validation items",
    "export": "write a finished run as a Hugging Face folder; --merge folds the adapter in",
    "ingest": "build the DuckDB store and its Parquet files from all records",
    "report": "write the boards from the Parquet files",
    "leaderboard": "show the board in the terminal",
    "compare": "compare two recipes or runs suite by suite; list the items that only one got right",
    "samples": "read the answers of a run, item by item",
    "query": "query the board, all results and every answer in SQL",
    "completion": "print a script that completes commands in bash or zsh",
}
"""Verb -> what it does. `harness/verbs/<verb>.py` holds `main(argv) -> exit code`."""
