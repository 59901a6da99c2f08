"""What `reports/leaderboard.json` holds: typed models of rows, conditions and sections, and the file itself."""
