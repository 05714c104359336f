"""Filtering and generation on several machines, by Ray: `--engine ray`.

session    a local cluster, or the way into one      facts, probe   what its machines have
address    whether anything answers there            folder         where our own has its files
meet       filters over a few examples               worker         what runs on the machines
pool       its machines as workers for filters       model          a model in an actor
spread     a stream of examples over the pool        interrupt      Ctrl-C beside Ray

Ray's tasks and actors, not Ray Data: the filters that compare examples with earlier ones have a
state. A dataset can hold it in an actor of its own, which is made anew, empty, when its worker is
lost, and the rest is then judged against nothing (docs/scale.md). Here it is in the driver.
"""
