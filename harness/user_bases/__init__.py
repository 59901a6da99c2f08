"""`harness base add | list | use | remove`: users' own base models, checked before anything is written."""
