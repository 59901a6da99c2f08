"""Make changed copies of texts: noise, synonyms of the domain, paraphrases by a model; and training rows from them."""
