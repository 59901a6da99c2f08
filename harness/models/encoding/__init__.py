"""How a question becomes token ids: chat format, prompts with continuations, windows, batches."""
