"""Views: rows for methods and suites, made of a domain's items. One module per view or per group of related views."""
