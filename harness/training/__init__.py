"""What all methods share: the contract, the registry, the supervised loop and the `train` verb."""
