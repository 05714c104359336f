"""Say what a program lacks where it is run: files, input, the network, other programs.

It runs in an empty folder without any of them. A program that asks for one and does not end as its
text says need not be wrong, so that this is a reason of its own.
"""

import re
from dataclasses import dataclass

from curator.rust.runner import Run
from curator.rust.source import analyse

_FILE = re.compile(
    r"(?:open|read|read_to_string|read_dir|metadata|canonicalize|copy|rename|remove_file|new)"
    r"\s*\(\s*&?\"([^\"\n]+)\""
)


@dataclass(frozen=True)
class _Need:
    """A lack: what of a text asks for it, what the output says then, or "" if nothing need."""

    reason: str
    asks: "re.Pattern[str]"
    says: str
    message: str


_NEEDS = (
    _Need(
        "run_needs_files",
        re.compile(r"\bFile\b|\bfs::|\bOpenOptions\b|\bread_to_string\b|\bPath(?:Buf)?\b"),
        r"No such file or directory|\bNotFound\b|os error 2\b|entity not found",
        "it reads {file}, which is not there",
    ),
    _Need(
        "run_needs_network",
        re.compile(r"\bTcp(?:Stream|Listener)\b|\bUdpSocket\b|\bto_socket_addrs\b"),
        r"refused|lookup address|unreachable|ConnectionRefused|AddrNotAvailable|os error 1\d\d",
        "it reaches for the network, and there is none",
    ),
    _Need(
        "run_needs_programs",
        re.compile(r"\bCommand::new\b"),
        r"Operation not permitted|PermissionDenied|os error 1\b|No such file",
        "it starts another program, which it may not",
    ),
    _Need(
        "run_needs_input",
        re.compile(r"\bstdin\b"),
        "",
        "it reads its standard input, which is empty",
    ),
    _Need(
        "run_needs_input",
        re.compile(r"\bargs(?:_os)?\s*\("),
        "",
        "it takes arguments, and there are none",
    ),
    _Need(
        "run_needs_input",
        re.compile(r"\benv::vars?(?:_os)?\b|(?<![\w.])var(?:_os)?\s*\(\s*\""),
        r"NotPresent|not found",
        "it reads variables of the environment, and there are none",
    ),
)
_WRITES = re.compile(r"\bFile::create\b|\bfs::(?:write|create)|\.create(?:_new)?\s*\(\s*true\b")
_READS_FILE = re.compile(r"\bFile::open\b|\bfs::(?:read\w*|metadata|copy)\b")


def _absent(bare: str) -> bool:
    """Tell whether a text opens files and makes none, so that they cannot be there."""
    return _READS_FILE.search(bare) is not None and not _WRITES.search(bare)


def lacking(code: str, run: Run) -> tuple[str, str]:
    """Return the reason and words for what a program asked for in vain; both "" if for nothing.

    Only for a run that is not what its text says.
    """
    bare, told = analyse(code).bare, f"{run.stderr}\n{run.stdout}"
    if run.ended == "not_built":
        return "", ""
    for need in _NEEDS:
        if need.asks.search(bare) and _says(need, bare, told, run):
            names = dict.fromkeys(_FILE.findall(code))
            quoted = ", ".join(f"`{n}`" for n in list(names)[:3]) or "a file"
            return need.reason, need.message.format(file=quoted)
    return "", ""


def _says(need: _Need, bare: str, told: str, run: Run) -> bool:
    """Tell whether a run ended as one does that lacks something."""
    usual = run.ended in ("ok", "panicked") or (run.ended == "failed" and run.code in (1, 2, 64))
    if need.says:
        files = need.reason == "run_needs_files" and usual and _absent(bare)
        listens = need.reason == "run_needs_network" and run.ended == "time"
        return files or listens or re.search(need.says, told) is not None
    waits = "stdin" in need.asks.pattern and run.ended in ("time", "output")  # for lines for ever
    return usual or waits
