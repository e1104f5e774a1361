"""Who may do what: people, their sessions and keys, and what each may do in which study.

`acts` is the whole policy, `callers` tells who calls and what they may, and the others are the use cases.
"""
