"""How log-likelihoods are computed: prompts as tokens, shared computation, next-token distributions."""
