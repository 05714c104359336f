"""Make a seccomp program that lets a process start threads, and no other process."""

import errno
import struct

from curator.base.errors import CompilerError

# Kernel name of a processor, and its numbers for clone, clone3, and what a single job lacks: fork,
# vfork, ptrace, unshare, setns, keys, and memory outside its limit (memfd, SysV, io_uring, bpf).
_CALLS: dict[str, tuple[int, int, int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        56,
        435,
        (57, 58, 101, 272, 308, 248, 249, 250, 319, 447, 29, 68, 425, 321, 298, 323),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        435,
        (117, 97, 268, 217, 218, 219, 279, 447, 194, 186, 425, 280, 241, 282),
    ),
}


def single_process_filter(machine: str) -> bytes:
    """Assemble the filter for a kind of processor; raises CompilerError for an unknown one."""
    if machine not in _CALLS:
        raise CompilerError(
            f"no process filter for {machine}", hint=f"known: {', '.join(sorted(_CALLS))}"
        )
    architecture, clone, clone3, denied = _CALLS[machine]
    load, equal, at_least, has_bits, end = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill, fail, thread = 0x7FFF0000, 0x80000000, 0x00050000, 0x00010000
    refuse = (end, 0, 0, fail | errno.EPERM)
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (end, 0, 0, kill), (load, 0, 0, 0)]
    steps += [(at_least, 0, 1, 0x40000000), refuse]  # the numbers of the x32 variant
    # clone3 hides its flags from us; without it the C library takes clone.
    steps += [(equal, 0, 1, clone3), (end, 0, 0, fail | errno.ENOSYS)]
    for number in denied:
        steps += [(equal, 0, 1, number), refuse]
    steps += [(equal, 0, 3, clone), (load, 0, 0, 16), (has_bits, 1, 0, thread), refuse]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (end, 0, 0, allow)])
