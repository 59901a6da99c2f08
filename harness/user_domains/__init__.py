"""The user's own domains: report on a file, plan, write the configuration, take it out again."""
