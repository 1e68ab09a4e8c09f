#!/usr/bin/env python3
"""Arrows between layers run only downwards, and each foreign library has one home.

So has what only some systems have: src/base/platform/ (docs/platforms.md).

The layers are told in ARCHITECTURE.md. A test file may also use any public header and tests/.
"""
import re
from collections import defaultdict

import sources

# A layer may include itself and these. `contract` is the store interface.
MAY_USE = {
    "base": set(),
    "model": {"base"},
    "crypto": {"base"},
    "codec": {"base", "model", "crypto"},
    "contract": {"base", "model"},
    "session": {"base", "model", "crypto", "codec", "contract"},
    "store": {"base", "model", "crypto", "codec", "contract"},
    "account": {"base", "model", "crypto", "codec", "contract", "session"},
    "guard": {"base", "model", "crypto", "codec", "contract", "session"},
    "auth": {"base", "model", "crypto", "codec", "contract", "session", "account", "guard",
             "store"},
    "http": {"base", "model", "crypto", "codec", "contract", "session", "account", "guard", "auth"},
}
MAY_USE["server"] = set(MAY_USE) | {"http"}
MAY_USE["cli"] = set(MAY_USE)
MAY_USE["adapters"] = {"auth"}  # header-only, for the frameworks they are named after
MAY_USE["testing"] = {"base", "model", "codec", "contract"}  # the installed suites
SUITES = "include/latchkey/testing/"

# Which layer implements a public header.
PUBLIC = {f"{header}.h": layer for layer, headers in {
    "base": "entropy result secret time version",
    "model": "address event_kind ids record token",
    "codec": "authjs",
    "contract": "key store wait watch",
    "session": "carrier event_log keyring lookup policy session_calls sessions",
    "account": "accounts mail pepper recovery user_admin",
    "auth": "auth auth_session begin_options device_binding pending request_view response_headers",
    "guard": "client_address origin_check public_url safe_redirect",
    "store": "faulty memory near_cache open_store postgres redis sqlite",
}.items() for header in headers.split()}


# A room of include/latchkey/ belongs to one layer.
ROOMS = {"testing": "testing", "adapters": "adapters", "codec": "codec", "store": "contract",
         "detail": "session"}


def public_layer(name):
    """The layer of include/latchkey/`name`: its room's, or named above, or of the .cc beside it."""
    room = name.split("/")[0]
    if room in ROOMS:
        return ROOMS[room]
    homes = sorted(sources.ROOT.glob(f"src/*/**/{name.removesuffix('.h')}.cc"))
    return PUBLIC.get(name) or (homes[0].relative_to(sources.ROOT).parts[1] if homes else "unknown")


PLATFORM = ("src/base/platform/",)  # what is not POSIX

# Foreign header prefix -> path prefixes that may include it.
HOMES = {
    "openssl/": ("src/crypto/",), "argon2.h": ("src/crypto/",), "crypt.h": ("src/crypto/",),
    "utf8proc.h": ("src/crypto/",),
    "sqlite3.h": ("src/store/sqlite/", "src/store/lucia/"), "libpq-fe.h": ("src/store/postgres/",),
    "boost/json": ("src/codec/",),
    "boost/beast": ("src/server/",), "boost/asio": ("src/server/", "src/store/redis/"),
    "boost/unordered": ("src/store/", "src/session/", "src/server/"),
    "linux/": PLATFORM, "asm/": PLATFORM, "malloc.h": PLATFORM, "malloc_np.h": PLATFORM,
    "malloc/": PLATFORM, "pthread_np.h": PLATFORM, "sys/auxv.h": PLATFORM, "sys/epoll.h": PLATFORM,
    "sys/eventfd.h": PLATFORM, "sys/inotify.h": PLATFORM, "sys/prctl.h": PLATFORM,
    "sys/random.h": PLATFORM, "sys/sendfile.h": PLATFORM, "sys/signalfd.h": PLATFORM,
    "sys/syscall.h": PLATFORM, "sys/sysinfo.h": PLATFORM, "sys/timerfd.h": PLATFORM,
    "toml++/": ("src/server/", "src/cli/"), "CLI/": ("src/server/", "src/cli/"),
    "sys/socket.h": ("src/server/", "src/cli/", *PLATFORM),
    "gtest/": ("tests/", SUITES), "gmock/": ("tests/",), "benchmark/": ("bench/",),
}
# Header-only, each for the framework it is named after, which its user has anyway.
ADAPTERS = "include/latchkey/adapters/"
# Calls and constants that not every POSIX system has, in headers that all of them have.
NOT_POSIX = re.compile(
    r"(?<!platform::)\b(accept4|canonicalize_file_name|close_range|copy_file_range|dup3|eventfd|"
    r"explicit_bzero|fallocate|getrandom|gettid|inotify_init1?|mallopt|malloc_trim|"
    r"malloc_usable_size|memfd_create|memrchr|mkostemp|mremap|pipe2|prctl|pthread_setname_np|"
    r"renameat2|sched_getcpu|secure_getenv|sendfile|signalfd|sigtimedwait|statx|syscall|"
    r"timerfd_create)\s*\("
    r"|\b(CLOCK_\w+_COARSE|CLOCK_BOOTTIME|FALLOC_FL_\w+|MSG_NOSIGNAL|O_PATH|O_TMPFILE|"
    r"SOCK_CLOEXEC|SOCK_NONBLOCK|SO_PEERCRED|st_[acm]tim)\b"
    r'|"/(proc|sys)/')
ONE_FILE_ONLY = ("boost/json", "boost/beast")  # slow to compile


def layer_of(path):
    """The layer of a file below src/ or include/, or None."""
    parts = path.split("/")
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if path.startswith("include/latchkey/"):
        return public_layer("/".join(parts[2:]))
    return None


def target_layer(header):
    """The layer of an #include "..." of ours, or None."""
    parts = header.split("/")
    if parts[0] == "latchkey":
        return public_layer("/".join(parts[1:]))
    return parts[0] if parts[0] in MAY_USE and len(parts) > 1 else None


def wrong_layer(path, header):
    """Tells what is wrong with an include of ours, or None."""
    source, target = layer_of(path), target_layer(header)
    if source is None or target is None:
        return None
    if "unknown" in (source, target):
        return f"{path}: {header}: name its layer in tools/check_includes.py"
    if path.startswith("include/") and not header.startswith("latchkey/"):
        return f"{path}: a public header includes {header}, which is not installed"
    if path.endswith(("_test.cc", "_test_support.h")) and header.startswith("latchkey/"):
        return None
    if source not in MAY_USE:
        return f"{path}: unknown layer {source}"
    if target != source and target not in MAY_USE[source]:
        return f"{path}: {source} may not use {target} ({header})"
    return None


def wrong_home(path, header):
    """Tells when a foreign header is included outside its home, or None."""
    for prefix, homes in HOMES.items():
        if header.startswith(prefix):
            is_test = ("_test" in path or "/test_support" in path) and homes[0] == "tests/"
            if not is_test and not path.startswith(homes):
                return f"{path}: {header} belongs to {', '.join(homes)}"
    return None


def not_portable(path, text):
    """Tells which calls of one system a file of the library or the program makes."""
    if not path.startswith(("src/", "include/")) or path.startswith(PLATFORM):
        return []
    if path.endswith("_test.cc"):
        return []
    code = re.sub(r"//.*", "", text)
    return [f"{path}: {found[0].rstrip('(')} is not POSIX; it belongs to src/base/platform/"
            for found in NOT_POSIX.finditer(code)]


def check(files):
    problems = []
    users = defaultdict(list)
    for path, text in files:
        problems += not_portable(path, text)
        for kind, header in sources.INCLUDE.findall(text):
            # Tests and benchmarks outside src/ may use SQLite and so on to look behind the scenes.
            outside = path.startswith(("tests/", "bench/", ADAPTERS))
            found = wrong_layer(path, header) if kind == '"' else None
            found = found or (None if outside else wrong_home(path, header))
            installed = path.startswith("include/") and not path.startswith((SUITES, ADAPTERS))
            if installed and kind == "<" and "/" in header:
                found = found or f"{path}: a public header includes {header}"
            if found:
                problems.append(found)
            for prefix in ONE_FILE_ONLY:
                if header.startswith(prefix) and not outside and path not in users[prefix]:
                    users[prefix].append(path)
    for prefix, paths in users.items():
        if len(paths) > 1:
            problems.append(f"{prefix} is included by more than one file: {', '.join(paths)}")
    return problems


if __name__ == "__main__":
    folders = ("include", "src", "tests", "fuzz", "bench")
    sources.report(check(sources.files((".h", ".cc"), folders)))
