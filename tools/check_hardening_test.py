import pathlib
import platform
import shutil
import subprocess
import tempfile
import unittest

from check_hardening import check_archive, check_binary, check_build

# snprintf into an array: something for the stack protector and for FORTIFY.
SOURCE = """#include <stdio.h>
int main(int argc, char** argv) {
  char text[8];
  snprintf(text, sizeof text + (argc > 2), "%s", argv[0]);
  return puts(text) < 0;
}
"""
ARM = platform.machine() == "aarch64"
FLOW = "-mbranch-protection=standard" if ARM else "-fcf-protection=full"
NO_FLOW = "-mbranch-protection=none" if ARM else "-fcf-protection=none"
COMPILE = ["-O2", "-fPIE", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
           FLOW]
LINK = ["-pie", "-Wl,-z,relro,-z,now,-z,noexecstack"]


def without(options, *prefixes):
    return [option for option in options if not option.startswith(prefixes)]


@unittest.skipUnless(shutil.which("readelf") and shutil.which("gcc"), "needs gcc and readelf")
class CheckHardening(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = pathlib.Path(self.directory.name)
        (self.path / "a.c").write_text(SOURCE, encoding="utf-8")

    def build(self, compile_options, link_options, name="latchkey"):
        out = self.path / name
        subprocess.run(["gcc", *compile_options, str(self.path / "a.c"), "-o", str(out),
                        *link_options], check=True)
        return out

    def problems(self, compile_options, link_options):
        return " ".join(check_binary(self.build(compile_options, link_options), True))

    def test_a_hardened_program_passes(self):
        self.assertEqual(self.problems(COMPILE, LINK), "")

    def test_each_missing_option_is_caught(self):
        plain = ["-fno-stack-protector"]
        self.assertIn("stack protector", self.problems(without(COMPILE, "-fstack") + plain, LINK))
        self.assertIn("no call is checked", self.problems(without(COMPILE, "-D"), LINK))
        self.assertIn("lazily", self.problems(COMPILE, ["-pie", "-Wl,-z,relro,-z,lazy"]))
        self.assertIn("RELRO", self.problems(COMPILE, ["-pie", "-Wl,-z,norelro,-z,now"]))
        self.assertIn("executed", self.problems(COMPILE, [*LINK, "-Wl,-z,execstack"]))
        self.assertIn("-pie", self.problems(without(COMPILE, "-fPIE") + ["-fno-pie"],
                                            ["-no-pie", *LINK[1:]]))
        self.assertIn("RPATH", self.problems(COMPILE, [*LINK, "-Wl,-rpath,/tmp"]))

    def archive(self, *options):
        subprocess.run(["gcc", *options, "-c", str(self.path / "a.c"), "-o",
                        str(self.path / "a.o")], check=True)
        (self.path / "src").mkdir(exist_ok=True)
        out = self.path / "src" / "liblatchkey_a.a"
        subprocess.run(["ar", "rc", str(out), str(self.path / "a.o")], check=True)
        return out

    def test_objects_of_a_library_have_control_flow_protection(self):
        self.assertEqual(check_archive(self.archive(*COMPILE)), [])
        self.assertTrue(check_archive(self.archive(*COMPILE, NO_FLOW)))

    def test_a_build_is_all_that_lies_in_it(self):
        self.build(COMPILE, LINK)
        self.archive(NO_FLOW)
        problems, seen = check_build(self.path)
        self.assertEqual(seen, 2)
        self.assertEqual(len(problems), 1)


if __name__ == "__main__":
    unittest.main()
