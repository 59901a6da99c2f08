"""Read a user's folder of pictures or recordings, or a table with a target column, into items that show files."""
