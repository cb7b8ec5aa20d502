"""The one-minute challenge: what can be learnt in sixty seconds on two cores?

An entry is one Python file: ``TASK``, ``train`` and ``sample`` (digits) or ``predict`` (code).
``course challenge FILE`` trains it anew in a process of its own, under seeds it has not seen, and
judges what it makes; lesson 01 holds the rules.
"""
