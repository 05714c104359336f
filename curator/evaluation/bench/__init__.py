"""An outside yardstick: HumanEval-X's tasks for Rust, which nothing of ours was written on.

tasks    the file, and what a model is asked    check   answers -> programs -> passed or not
run      the tasks answered by an arm, resumed   result  pass@1, kept in the arm's folder
"""
