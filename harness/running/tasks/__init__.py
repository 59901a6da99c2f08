"""What runs: the tasks that the command line asks for, their rounds, and their order."""
