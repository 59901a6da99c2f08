"""What peft adapters need: arguments, modules to adapt, virtual tokens, and the base they belong to."""
