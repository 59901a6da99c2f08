"""Finetune Harness: which fine-tuning method for this domain, this memory and this money?"""

__version__ = "0.1.0"
