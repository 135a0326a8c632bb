"""The figures to hold, measured: each module prints its own, as ratios or percentiles of one run."""
