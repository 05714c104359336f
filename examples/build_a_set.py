"""Build the curated set of a project: python build_a_set.py [PROJECT]."""

import sys

import curator

project = curator.load_project(*sys.argv[1:2])
result = curator.build(project)
for name, examples in result.curated.splits.items():
    print(f"{name}: {len(examples)} examples")
print(f"left out: {result.manifest['counts']['rejected']} that a filter rejects")
print(f"written to {project.curated}")
