"""Turn drafts into items: clean the texts, and give each item its label, id, cluster and split."""
