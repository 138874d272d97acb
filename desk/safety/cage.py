"""
The cage of the child: before it looks at a file it gives up what it will not need.

Memory, time, files and processes by `setrlimit`; on Linux a seccomp filter on top, which refuses to open
any file, connect anywhere, start anything or signal anybody, whoever asks for it from inside a parser. What
the child needs later is imported and opened before.
"""

import ctypes
import platform
import resource
import struct
import sys

MEGABYTE = 1 << 20
MEMORY = 480 * MEGABYTE  # address space, so the memory really used stays below
CPU_SECONDS = 8
OPEN_FILES = 32

# linux/filter.h, linux/seccomp.h, linux/audit.h
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # refused with EPERM
NUMBER_AT, MACHINE_AT = 0, 4
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER_MODE = 38, 22, 2
FOREIGN = 0x40000000  # x32 calls carry this bit and would slip past the numbers

# By machine: its audit name, and open, openat, openat2, creat, socket, connect, bind, sendto, sendmsg, clone, clone3,
# fork, vfork, execve, execveat, ptrace, kill, tkill, unlink(at), rename(at, at2), link(at), symlink(at), mkdir(at),
# chmod (f, fat), chown, mount, unshare, setns, process_vm_readv and writev, bpf, io_uring (setup, enter, register).
REFUSED = {
    "x86_64": (0xC000003E, (
        2, 257, 437, 85, 41, 42, 49, 44, 46, 56, 435, 57, 58, 59, 322, 101, 62, 200, 87, 263, 82, 264, 316,
        86, 265, 88, 266, 83, 258, 90, 91, 268, 92, 165, 272, 308, 310, 311, 321, 425, 426, 427,
    )),
    "aarch64": (0xC00000B7, (
        56, 437, 198, 203, 200, 206, 211, 220, 435, 221, 281, 117, 129, 130, 35, 38, 276, 37, 36, 34, 52, 53, 54,
        40, 97, 268, 270, 271, 280, 425, 426, 427,
    )),
}  # fmt: skip


def close(out_bytes: int) -> None:
    """Shut it: what can be limited everywhere is, what only Linux can refuse is refused there."""
    _limit(out_bytes)
    if sys.platform == "linux" and platform.machine() in REFUSED:
        _refuse_calls(*REFUSED[platform.machine()])


def _limit(out_bytes: int) -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, out_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _refuse_calls(machine: int, numbers: tuple[int, ...]) -> None:
    """Best effort where the kernel has no seccomp: the limits stand all the same."""
    rules = [
        _rule(LOAD, MACHINE_AT),
        _rule(EQUAL, machine, yes=1),
        _rule(RETURN, KILL),
        _rule(LOAD, NUMBER_AT),
    ]
    rules += [_rule(AT_LEAST, FOREIGN, no=1), _rule(RETURN, REFUSE)]
    for number in numbers:
        rules += [_rule(EQUAL, number, no=1), _rule(RETURN, REFUSE)]
    rules.append(_rule(RETURN, ALLOW))
    program = ctypes.create_string_buffer(b"".join(rules))
    header = struct.pack("HxxxxxxP", len(rules), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_SECCOMP, FILTER_MODE, ctypes.create_string_buffer(header), 0, 0)


def _rule(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
