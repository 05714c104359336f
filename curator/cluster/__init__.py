"""Filter and generate on several machines, by Ray: `--engine ray`.

engines     local or Ray, by the options             session        start a cluster, or join one
address     whether anything answers there           folder         where our own has its files
facts       versions that verdicts depend on         probe          asks a machine for them
distribute  a stream of examples over workers        verdicts       filters over a few examples
pool        a cluster's machines as workers          worker         what runs on them
model       a model in an actor                      interrupt      Ctrl-C beside Ray

Ray's tasks and actors are used, not Ray Data: the filters that compare examples with earlier ones
have a state. Ray Data can hold it in an actor, which is made anew, empty, when its worker is lost,
and the rest is then judged against nothing (docs/scale.md). Here the state is in the driver.
"""
