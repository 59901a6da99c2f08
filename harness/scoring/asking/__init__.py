"""The two ways to ask a model: choose between given answers, or write one."""
