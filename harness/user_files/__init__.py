"""The user's own files, in whatever container, encoding and record format, read into items of a domain."""
