def changed_units(lesson, options): return {}
def check_changes(lesson, results): return results
