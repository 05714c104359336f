"""The curated set: from examples, old and new, to files that train.

start     a new project from nothing               intake    an existing set into a project
filter    verdicts on files of examples            stats     what a project has and lacks
gather    what may enter, by the recipe's policy   select    quotas per slot, and diversity
split     train, valid, test, without leaks        card      the dataset card
write     the files of curated/                    gate      is the set worth a training?
build     gather, select, split, write             hub       publish the set
renew     new ids after edits by hand
"""
