"""Is what a stage made still true? dvc.yaml and dvc.lock against the files here, read without starting DVC."""
