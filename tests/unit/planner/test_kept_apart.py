"""The planner and its libraries stay with the worker: a web process never loads them.

numpy is no part of this: openpyxl takes it wherever it is installed.
"""

import subprocess
import sys

HEAVY = ("numba", "ortools", "scheduling.planner.plan")
SAY = f"import sys; print(sorted(set(sys.modules) & set({HEAVY!r})))"


def loaded_after(statement: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", f"{statement}; {SAY}"], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


def test_a_web_process_loads_nothing_of_the_planner():
    assert loaded_after("from wsgi import create_app; create_app()") == "[]"


def test_the_check_notices_what_is_loaded():
    assert loaded_after("import scheduling.planner.plan") != "[]"
