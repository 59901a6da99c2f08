"""Pretrained encoders of pictures and sound, which give vectors that a language model can be taught to read."""
