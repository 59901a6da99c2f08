"""Changed copies of texts: noise (`noise`), the domain's own synonyms (`synonyms`), paraphrase by a model
(`paraphrase`), and the training rows made with them (`augment`)."""
