"""Read a user's own file into items of a domain; `reading.read_items` is the entry.

    file --containers/--> records --recognition--> a record format --formats/--> drafts --drafts/--> items

`containers/` reads bytes (CSV, JSON, Parquet, ...), `formats/` knows what the columns of a record mean, and `drafts/`
cleans texts and gives ids. Each decision about a record is counted in a `DecisionLog` and reported to the user.
"""
