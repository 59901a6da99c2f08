"""When a run cannot start or goes wrong: mistakes of recipes, refusals of libraries, failures as rows."""
