"""`reports/leaderboard.html`: the board as one page that needs no network: answer, picture, table, details.

`page.py` puts it together. To add a part, write a function that gives its HTML and list it in `page.PARTS`.
"""
