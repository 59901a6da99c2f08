"""Detectors that label a written answer: refusal, toxic words, endless repetition."""
