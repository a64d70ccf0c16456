#!/usr/bin/env python3
"""Reads a seccomp profile as container engines do, with libseccomp.

  seccomp.py check PROFILE            every name is a system call, every rule can be compiled
  seccomp.py run PROFILE COMMAND...   runs the command behind it
"""
import ctypes
import json
import os
import sys

ACTIONS = {"SCMP_ACT_ALLOW": 0x7FFF0000, "SCMP_ACT_ERRNO": 0x00050000}
OPERATORS = {
    "SCMP_CMP_NE": 1,
    "SCMP_CMP_LT": 2,
    "SCMP_CMP_LE": 3,
    "SCMP_CMP_EQ": 4,
    "SCMP_CMP_GE": 5,
    "SCMP_CMP_GT": 6,
    "SCMP_CMP_MASKED_EQ": 7,
}
UNKNOWN = -1  # __NR_SCMP_ERROR
ARCHITECTURES = {"SCMP_ARCH_X86_64": 0xC000003E, "SCMP_ARCH_AARCH64": 0xC00000B7}


class Comparison(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def library():
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    seccomp.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.POINTER(Comparison),
    ]
    return seccomp


def action(name, number):
    return ACTIONS[name] | (number if name == "SCMP_ACT_ERRNO" else 0)


def known_somewhere(seccomp, name):
    return any(
        seccomp.seccomp_syscall_resolve_name_arch(architecture, name.encode()) != UNKNOWN
        for architecture in ARCHITECTURES.values()
    )


def compile_profile(path):
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    strange = set(profile) - {"defaultAction", "defaultErrnoRet", "archMap", "syscalls"}
    assert not strange, f"unknown keys: {strange}"
    seccomp = library()
    default = action(profile["defaultAction"], profile.get("defaultErrnoRet", 1))
    filters = seccomp.seccomp_init(default)
    assert filters, "no filter could be made"
    seen = set()
    for rule in profile["syscalls"]:
        strange = set(rule) - {"names", "action", "errnoRet", "args", "comment"}
        assert not strange, f"unknown keys of a rule: {strange}"
        comparisons = [
            Comparison(arg["index"], OPERATORS[arg["op"]], arg["value"], arg.get("valueTwo", 0))
            for arg in rule.get("args", [])
        ]
        array = (Comparison * max(1, len(comparisons)))(*comparisons)
        for name in rule["names"]:
            assert known_somewhere(seccomp, name), f"{name} is no system call"
            assert comparisons or name not in seen, f"{name} stands there twice"
            seen.add(name)
            number = seccomp.seccomp_syscall_resolve_name(name.encode())
            if number < 0:
                continue  # of another architecture
            answer = action(rule["action"], rule.get("errnoRet", 1))
            if answer == default:
                continue
            failed = seccomp.seccomp_rule_add_array(filters, answer, number, len(comparisons), array)
            assert failed == 0, f"{name}: {os.strerror(-failed)}"
    return seccomp, filters, seen


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("check", "run"):
        sys.exit(__doc__)
    seccomp, filters, seen = compile_profile(sys.argv[2])
    if sys.argv[1] == "check":
        print(f"{sys.argv[2]}: {len(seen)} system calls")
        return
    failed = seccomp.seccomp_load(filters)
    assert failed == 0, f"the filter could not be loaded: {os.strerror(-failed)}"
    os.execvp(sys.argv[3], sys.argv[3:])


if __name__ == "__main__":
    main()
