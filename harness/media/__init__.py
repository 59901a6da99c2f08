"""Files beside a question's text: read pictures, sound and table rows, and check them when a domain is collected.

`read_*` read what a prepared domain holds; `checked_*` take bytes from outside and refuse what no model can use.
"""
