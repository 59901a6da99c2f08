"""Pictures, sound and tables as tokens of a language model that reads text.

A file becomes token ids above the vocabulary. Where the model looks up their embeddings, vectors stand that a small
trained module makes of the file (`soft_input.py`); or the ids mark which tokens look at the file
(`gated_attention.py`). Everything that works on token ids, such as likelihoods, shared prefixes, batches and writing,
works on these too.
"""
