"""Verified own answers: a model answers training tasks, and what a check accepts becomes rows.

tasks    the rows of the train split, and those too near to a prompt of the evaluation
derive   what an answer to a row may be checked by, from the row alone
prove    a check counts if the reference passes it, and the question's own code and a program that
         only prints the expected lines do not
judge    check answers, in the sandbox
ask      ask the model each task several times; interrupted at any instant, the work resumes
choose   which answers become rows: accepted, a few a task, unlike each other
rows     what is written of them, with where they come from
session  all of it: `curator sample`
mix      a folder to train on, with a share of such rows: `curator mix`
"""
