"""Pure functions from answers and likelihoods to numbers: accuracy, calibration, text overlap."""
