"""`harness check`: does every YAML file make sense, by itself and together with the others?"""
