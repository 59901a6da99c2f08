"""Pretrained models, made ready to load: converted from a fetched source, or tiny and random for smoke tests."""
