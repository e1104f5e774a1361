"""Analysis runs that outlive a crash: who does them, step by step, and who takes over from a worker that died.

A run is queued in the store (`api/services/runs.py`) and nowhere else. Workers see it there, and DBOS hands the steps
out among them: one step per transcript, then one for the map of all. What a step gives is kept in the store and may be
done twice without harm; DBOS gets ids and nothing that anybody said. Its tables lie in a file or a schema of their own,
which may be thrown away while no worker runs: what is unfinished is told by the store and is taken up again.

- `tasks`: what the steps do. `analyst`: reading and mapping, with the real models or any others.
- `own_process`: tasks in a process of their own, so that one that takes too long can be ended.
- `workflows`: the steps of a run in their order. `watching`: what workers do about each other. `working`: one worker.
"""
