import unittest

from run_ctest import failures, tally


def report(tests, failures, skipped=0):
    cases = [{"result": "SKIPPED"}] * skipped
    return {"tests": tests, "failures": failures, "disabled": 0,
            "testsuites": [{"testsuite": cases}]}


class Tally(unittest.TestCase):
    def test_each_test_of_a_program_counts(self):
        self.assertEqual(
            tally({"base": "base_tests"}, {"base": False}, {"base_tests": [report(7, 2)]}), (5, 2))

    def test_a_skipped_test_did_not_pass(self):
        reports = {"base_tests": [report(7, 0, 3)]}
        self.assertEqual(tally({"base": "base_tests"}, {"base": True}, reports), (4, 0))

    def test_a_program_without_a_report_counts_as_one(self):
        self.assertEqual(tally({"kill": "python3"}, {"kill": True}, {}), (1, 0))
        self.assertEqual(tally({"base": "base_tests"}, {"base": False}, {}), (0, 1))

    def test_a_leak_at_the_end_of_a_good_run_is_a_failure(self):
        self.assertEqual(
            tally({"base": "base_tests"}, {"base": False}, {"base_tests": [report(7, 0)]}), (7, 1))



class Failures(unittest.TestCase):
    def test_name_the_test_and_what_it_said(self):
        report = {"testsuites": [{"name": "Suite", "testsuite": [
            {"name": "Good"}, {"name": "Bad", "failures": [{"failure": "file.cc:7\nno"}]}]}]}
        self.assertEqual(list(failures({"a_tests": [report]})),
                         ["a_tests: Suite.Bad: file.cc:7\nno"])


if __name__ == "__main__":
    unittest.main()
