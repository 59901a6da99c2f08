"""Results of a run's earlier scoring that are still valid, so that a new suite asks only itself."""
