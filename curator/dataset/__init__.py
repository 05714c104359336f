"""The curated set: from authored examples and settled reviews to files that train.

gather   what may enter, by the recipe's policy            select   quotas per slot, and diversity
split    train, valid, test, with no relatives between     card     the dataset card
write    the files of curated/, the same bytes each time
"""
