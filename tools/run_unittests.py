#!/usr/bin/env python3
"""Runs the tests of the checks in this folder; appends "PASSED FAILED" to the file named."""
import pathlib
import sys
import unittest

suite = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent), "*_test.py")
result = unittest.TextTestRunner(verbosity=2).run(suite)
failed = len(result.failures) + len(result.errors)
with open(sys.argv[1], "a", encoding="utf-8") as counts:
    counts.write(f"{result.testsRun - failed} {failed}\n")
sys.exit(1 if failed else 0)
