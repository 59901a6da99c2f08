"""Other settings: a ready-made profile, a YAML file edited with its comments, a choice that edits no file."""
