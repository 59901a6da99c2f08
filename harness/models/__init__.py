"""What a trained thing can be asked: write text, choose a label, embed. Suites ask, these answer."""
