"""Questions with listed options, of which one is right: MMLU, ARC, CommonsenseQA, OpenBookQA, SciQ and others."""
