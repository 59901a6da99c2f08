"""Search the texts of a domain by the vectors of a run."""
