#!/usr/bin/env python3
"""run_ctest.py BUILD COUNTS [NAME...]: runs ctest and appends "PASSED FAILED" to the file COUNTS.

With names only those tests run.

A GoogleTest program counts each of its tests. Any other test counts as one. A program that fails
although its report names no failed test (it crashed, leaked or raced) adds one failure.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml


def tally(programs, statuses, reports):
    """Returns (passed, failed).

    programs: ctest name -> program; statuses: ctest name -> ran well; reports: program -> list of
    GoogleTest reports.
    """
    passed = failed = 0
    for reported in reports.values():
        for report in reported:
            bad = report["failures"] + report.get("errors", 0)
            skipped = report.get("disabled", 0) + sum(
                test.get("result") == "SKIPPED"
                for suite in report.get("testsuites", []) for test in suite.get("testsuite", []))
            failed += bad
            passed += report["tests"] - bad - skipped
    for name, good in statuses.items():
        own = reports.get(programs.get(name), [])
        if not own:
            passed, failed = passed + good, failed + (not good)
        elif not good and all(report["failures"] == 0 for report in own):
            failed += 1
    return passed, failed


def read_reports(folder):
    reports = {}
    for path in folder.glob("*.json"):
        stem = path.stem
        head, _, tail = stem.rpartition("_")
        if tail.isdigit():  # a second run of the same program gets a number
            stem = head
        reports.setdefault(stem, []).append(json.loads(path.read_text(encoding="utf-8")))
    return reports


def failures(reports):
    """Yields "Suite.Test: what it said" for each failed test, so that the end of a log tells it."""
    for program, reported in sorted(reports.items()):
        for report in reported:
            for suite in report.get("testsuites", []):
                for test in suite.get("testsuite", []):
                    for failure in test.get("failures", []):
                        yield f"{program}: {suite['name']}.{test['name']}: {failure['failure']}"


def main(build, counts, *names):
    folder = pathlib.Path(build, "reports").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True,
                            capture_output=True, text=True)
    programs = {test["name"]: pathlib.Path(test["command"][0]).name
                for test in json.loads(listed.stdout)["tests"] if test.get("command")}
    run = subprocess.run(
        ["ctest", "--test-dir", build, "--output-on-failure", "--parallel", str(os.cpu_count()),
         "--timeout", "3600" if os.environ.get("LATCHKEY_FULL") else "600",
         *(("--tests-regex", f"^({'|'.join(names)})$") if names else ()),
         "--output-junit", str(folder / "ctest.xml")],
        env={**os.environ, "GTEST_OUTPUT": f"json:{folder}/"}, check=False)
    cases = xml.parse(folder / "ctest.xml").getroot().iter("testcase")
    statuses = {case.get("name"): case.get("status") == "run" for case in cases}
    reports = read_reports(folder)
    passed, failed = tally(programs, statuses, reports)
    for line in failures(reports):
        print(f"failed in {line}")
    if run.returncode != 0 and failed == 0:
        failed = 1
    with open(counts, "a", encoding="utf-8") as out:
        out.write(f"{passed} {failed}\n")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
