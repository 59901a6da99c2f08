"""The sections beside the rows in `reports/leaderboard.json`, one module each.

null means "not measured". Shares are fractions (0.71, not 71).
"""
