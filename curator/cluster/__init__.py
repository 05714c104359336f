"""Filtering and generation on several machines, by Ray: `--engine ray`.

session    a local cluster, or the way into one      facts, probe   what its machines have
address    whether anything answers there            folder         where our own has its files
meet       filters over a few examples               worker         what runs on the machines
pool       its machines as workers for filters       model          a model in an actor
spread     a stream of examples over the pool        interrupt      Ctrl-C beside Ray

Ray's tasks and actors, not Ray Data: the filters that compare examples with earlier ones must meet
them in order, in one process, in the middle of the chain; a dataset has no such stage, and would
have to be held whole before and after it.
"""
