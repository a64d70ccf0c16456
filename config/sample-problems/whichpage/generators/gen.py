#!/usr/bin/env python3
"""Writes data/sample and data/secret anew; always the same bytes. Usage: python3 generators/gen.py"""

import pathlib

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
MOST = 10**9


def case(name, n, bookmark):
    path = DATA / name
    path.with_suffix(".in").write_text(f"{n} {bookmark}\n", encoding="ascii", newline="\n")
    path.with_suffix(".ans").write_text(f"{bookmark}\n", encoding="ascii", newline="\n")


def main():
    case("sample/1", 10, 7)
    case("secret/01-one-page", 1, 1)
    case("secret/02-first-of-two", 2, 1)
    case("secret/03-last-of-two", 2, 2)
    case("secret/04-thirty", 30, 30)
    case("secret/05-first-of-many", MOST, 1)
    case("secret/06-last-of-many", MOST, MOST)
    case("secret/07-inside", MOST, 382_991_417)
    case("secret/08-power-of-two", 2**29, 2**29 - 1)
    case("secret/09-beyond-the-middle", MOST, MOST // 2 + 2)


if __name__ == "__main__":
    main()
