"""Building and executing for real: what programs print, and what hostile ones can reach."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from curator.base.errors import CompilerError
from curator.rust import runner as runners
from curator.rust.compiler import Extern
from curator.rust.process import Limits
from curator.rust.runner import Run, Runner, find_linker, matches_output
from curator.rust.seccomp import single_process_filter
from tests.conftest import left, processes

linux = pytest.mark.skipif(sys.platform != "linux", reason="what bubblewrap does")
RUNNING = Limits(seconds=5, memory=1 << 30, output=64 << 10)
C = """extern "C" {
    fn fork() -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
    fn getppid() -> i32;
    fn memfd_create(name: *const u8, flags: u32) -> i32;
    fn shmget(key: i32, size: usize, flags: i32) -> i32;
    fn unshare(flags: i32) -> i32;
    fn write(file: i32, data: *const u8, length: usize) -> isize;
}
"""


@pytest.fixture(scope="module")
def runner() -> Runner:
    made = Runner(running=RUNNING)
    made.prove()
    return made


@pytest.fixture(scope="module")
def main(runner: Runner) -> Callable[..., Run]:
    """Executes the body of a main function, with declarations of C functions before it."""

    def execute(body: str, **limits: int) -> Run:
        limited = replace(runner, running=replace(RUNNING, **limits))
        run = limited.run(f"{C}fn main() {{ {body} }}", "2021", "bin")
        assert run.ended != "not_built", run.stderr
        return run

    return execute


@pytest.fixture
def marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this test alone: a word in the command of every process it starts."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_program_prints(main: Callable[..., Run]) -> None:
    run = main('println!("Bonjour, été !"); eprintln!("à part");')
    assert run == Run("ok", "Bonjour, été !\n", "à part\n", 0)


def test_a_panic_is_placed_in_the_source(main: Callable[..., Run]) -> None:
    run = main('let v: Vec<u8> = Vec::new(); println!("avant"); println!("{}", v[0]);')
    assert (run.ended, run.code, run.stdout) == ("panicked", 101, "avant\n")
    assert "panicked at src/main.rs:" in run.stderr


def test_a_panic_of_a_joined_thread_is_none_of_the_program(main: Callable[..., Run]) -> None:
    run = main('assert!(std::thread::spawn(|| panic!("là")).join().is_err());')
    assert run.ended == "ok"
    assert "panicked at" in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("std::process::exit(3)", 3),
        ("std::process::abort()", 134),
        ("unsafe { kill(0, 15); }", 143),
    ],
)
def test_other_ends_are_failures(main: Callable[..., Run], body: str, code: int) -> None:
    run = main(body)
    assert run.ended == "failed"
    assert run.code in (code, 128 - code)


def test_an_endless_recursion_fails(main: Callable[..., Run]) -> None:
    run = main("fn f(n: u64) -> u64 { if n == 0 { 0 } else { 1 + f(n + 1) } } f(1);")
    assert run.ended == "failed"  # by a plain SIGSEGV: without /proc, std does not know its stack


def test_what_does_not_compile_is_not_built(runner: Runner) -> None:
    run = runner.run('fn main() { let x: u8 = "a"; }', "2021", "bin")
    assert run.ended == "not_built"
    assert "E0308" in run.stderr


def test_what_does_not_link_is_not_built(runner: Runner) -> None:
    source = 'extern "C" { fn absent(); } fn main() { unsafe { absent() } }'
    run = runner.run(source, "2021", "bin")
    assert run.ended == "not_built"
    assert "absent" in run.stderr


@pytest.mark.slow
def test_a_build_has_its_own_limit(runner: Runner) -> None:
    loop = "#![allow(long_running_const_eval)]\nconst N: u64 = { loop {} };\nfn main() { N; }"
    run = replace(runner, building=Limits(seconds=1)).run(loop, "2021", "bin")
    assert run.ended == "not_built"
    assert run.stderr


def test_tests_that_pass(runner: Runner) -> None:
    source = "#[test] fn a() {}\n#[test] #[should_panic] fn b() { panic!() }"
    run = runner.run(source, "2021", "test")
    assert (run.ended, run.failed) == ("ok", ())


def test_tests_that_fail_are_named(runner: Runner) -> None:
    source = """
    fn un() -> u8 { 1 }
    mod tests {
        #[test] fn juste() { assert_eq!(super::un(), 1); }
        #[test] fn faux() { println!("failures:\\n    juste\\n"); assert_eq!(super::un(), 2); }
        #[test] #[should_panic] fn calme() {}
    }
    """
    run = runner.run(source, "2021", "test")
    assert (run.ended, run.failed) == ("failed", ("tests::calme", "tests::faux"))


def test_a_test_that_leaves_the_harness_has_not_passed(runner: Runner) -> None:
    run = runner.run("#[test] fn a() { std::process::exit(0) }", "2021", "test")
    assert (run.ended, run.code) == ("failed", 0)


@pytest.mark.slow
def test_an_endless_loop_is_stopped(main: Callable[..., Run]) -> None:
    start = time.monotonic()
    assert main("let mut i = 0u64; loop { i = i.wrapping_add(1); }", seconds=1).ended == "time"
    assert main("loop { std::thread::park(); }", seconds=1).ended == "time"
    assert time.monotonic() - start < 20


@pytest.mark.slow
def test_processor_time_counts_for_all_threads(main: Callable[..., Run]) -> None:
    run = main("for _ in 0..64 { std::thread::spawn(|| loop {}); } loop {}", seconds=1)
    assert run.ended == "time"


def test_endless_output_is_stopped(main: Callable[..., Run]) -> None:
    run = main('loop { println!("encore"); }')
    assert run.ended == "output"
    assert len(run.stdout) + len(run.stderr) <= 2 * RUNNING.output


def test_input_is_at_its_end(main: Callable[..., Run]) -> None:
    body = 'let mut s = String::new(); println!("{:?}", std::io::stdin().read_line(&mut s).ok());'
    assert main(body).stdout == "Some(0)\n"


@pytest.mark.slow
@linux
def test_a_fork_bomb_makes_no_process(main: Callable[..., Run], marker: Path) -> None:
    body = 'loop { let p = unsafe { fork() }; if p < 0 { println!("{p}"); return; } }'
    assert main(body).stdout == "-1\n"
    body = """let again = std::env::current_exe().unwrap();
        let started = std::process::Command::new(again).spawn();
        println!("{:?}", started.map(|_| ()).map_err(|e| e.kind()));
    """
    assert main(body).stdout == "Err(PermissionDenied)\n"
    assert left(marker) == []


@pytest.mark.slow
@pytest.mark.parametrize("stack", [0, 2 << 20])
def test_a_thread_bomb_ends_and_leaves_nothing(
    main: Callable[..., Run], marker: Path, stack: int
) -> None:
    body = f"""loop {{
        let thread = std::thread::Builder::new().stack_size({stack});
        if thread.spawn(|| loop {{}}).is_err() {{ std::thread::park(); }}
    }}"""
    start = time.monotonic()
    assert main(body, seconds=2).ended in ("time", "failed", "panicked")  # memory may end it first
    assert time.monotonic() - start < 30
    assert left(marker) == []


def test_many_threads_are_no_bomb(main: Callable[..., Run]) -> None:
    body = """
        let all: Vec<_> = (0..200).map(|i| std::thread::spawn(move || vec![i; 10])).collect();
        println!("{}", all.into_iter().map(|t| t.join().unwrap().len()).sum::<usize>());
    """
    assert main(body).stdout == "2000\n"


@pytest.mark.slow
def test_no_process_and_no_file_is_left_behind(main: Callable[..., Run], marker: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        body = "loop { std::thread::park(); }"
        running = pool.submit(main, body, seconds=2)
        while not (seen := [line for line in processes(marker) if line.startswith(str(marker))]):
            assert not running.done()
        assert seen[0].endswith("/main")  # so its absence below says something
        assert running.result().ended == "time"
    assert left(marker) == []
    assert list(marker.iterdir()) == []


def test_killing_its_parent_changes_nothing(main: Callable[..., Run]) -> None:
    body = 'unsafe { kill(getppid(), 9); kill(-1, 9); } println!("toujours là");'
    assert main(body).stdout == "toujours là\n"


@pytest.mark.slow
def test_memory_is_bounded(main: Callable[..., Run]) -> None:
    run = main("let mut all = Vec::new(); loop { all.push(vec![1u8; 64 << 20]); }")
    assert run.ended == "failed"
    assert "memory allocation of" in run.stderr


@linux
def test_memory_beside_the_limit_is_refused(main: Callable[..., Run]) -> None:
    body = """unsafe { println!("{} {} {}", memfd_create(b"a\\0".as_ptr(), 0),
        shmget(0, 1 << 30, 0o1600), unshare(0x1000_0000)); }"""
    assert main(body).stdout == "-1 -1 -1\n"


@linux
def test_disks_are_bounded(main: Callable[..., Run]) -> None:
    body = """
        let part = vec![1u8; 1 << 20];
        for folder in ["/work", "/tmp", "/dev", "/dev/shm", "/"] {
            let mut written = 0;
            'full: for i in 0.. {
                let path = format!("{folder}/plein{i}");
                let Ok(mut file) = std::fs::File::create(path) else { break };
                for _ in 0..16 {
                    if std::io::Write::write_all(&mut file, &part).is_err() { break 'full; }
                    written += 1;
                }
            }
            println!("{written}");
        }
    """
    assert main(body).stdout.split() == ["64", "64", "0", "0", "0"]


def test_its_input_is_no_file_to_fill(main: Callable[..., Run]) -> None:
    body = """
        let part = vec![1u8; 1 << 20];
        let wrote = (0..200).all(|_| unsafe { write(0, part.as_ptr(), part.len()) } > 0);
        println!("{wrote} {}", std::fs::metadata("/dev/stdin").map_or(0, |m| m.len()));
    """
    assert main(body).stdout in ("true 0\n", "false 0\n")  # what it wrote is nowhere


@linux
def test_no_file_of_the_machine_is_seen(main: Callable[..., Run], tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mot de passe")
    paths = [secret, "/etc/passwd", "/etc/hostname", "/proc/self/environ", "/proc/1/cmdline"]
    paths += ["/proc/meminfo", "/sys/kernel", "/root", "/home", "/usr/bin", "/bin/sh", Path.home()]
    paths += [Path(__file__).parent, find_linker().files[0]]
    tries = "".join(f'"{path}",' for path in paths)
    body = f'for p in [{tries}] {{ if std::fs::metadata(p).is_ok() {{ println!("{{p}}"); }} }}'
    assert main(body).stdout == ""


@linux
def test_only_the_program_and_its_libraries_are_there(main: Callable[..., Run]) -> None:
    body = """
        fn walk(folder: &std::path::Path) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() { walk(&entry.path()); }
                if kind.is_file() { println!("{}", entry.file_name().to_string_lossy()); }
            }
        }
        walk(std::path::Path::new("/"));
    """
    names = main(body).stdout.split()
    assert "main" in names
    devices = {"null", "zero", "full", "random", "urandom", "tty"}
    assert [n for n in names if n not in {"main", *devices} and ".so" not in n] == []


@pytest.mark.slow
@linux
def test_nothing_outside_can_be_written(
    main: Callable[..., Run], marker: Path, runner: Runner
) -> None:
    library = next(p for p in runner.toolchain.files if p.name.startswith("libc."))
    tries = "".join(f'"{p}".into(),' for p in ("/a", "/etc/a", "/usr/a", "/dev/a", library))
    body = f"""
        let paths: Vec<std::path::PathBuf> = vec![{tries} std::env::current_exe().unwrap()];
        for path in paths {{
            let opened = std::fs::OpenOptions::new().append(true).create(true).open(&path);
            let removed = std::fs::remove_file(&path);
            println!("{{}}", opened.is_ok() || removed.is_ok());
        }}
    """
    assert main(body).stdout.split() == ["false"] * 6
    assert not main(f'std::fs::write("{marker}/a", "").unwrap();').code  # its own folder
    assert list(marker.iterdir()) == []


@linux
def test_the_environment_tells_nothing(
    main: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATOR_SECRET", "42")
    run = main('for (name, value) in std::env::vars() { println!("{name}={value}"); }')
    assert sorted(run.stdout.split()) == ["MALLOC_ARENA_MAX=1", "PWD=/work"]


def test_no_listener_of_the_machine_is_reached(main: Callable[..., Run]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets,
    ):
        packets.bind(("127.0.0.1", 0))
        ports = stream.getsockname()[1], packets.getsockname()[1]
        socket.create_connection(("127.0.0.1", ports[0])).close()  # both are reached from here
        stream.accept()[0].close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"ici", ("127.0.0.1", ports[1]))
        assert packets.recv(9) == b"ici"
        run = main(f"""
            println!("{{}}", std::net::TcpStream::connect(("127.0.0.1", {ports[0]})).is_err());
            if let Ok(socket) = std::net::UdpSocket::bind("0.0.0.0:0") {{
                let _ = socket.send_to(b"toc", ("127.0.0.1", {ports[1]}));
                let _ = socket.send_to(b"toc", ("192.0.2.1", 9));
            }}
        """)
        assert run.stdout == "true\n"
        for listener in (stream, packets):
            listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            stream.accept()
        with pytest.raises(TimeoutError):
            packets.recv(9)


@pytest.mark.slow
def test_the_build_sees_no_file_of_the_machine(runner: Runner, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mot de passe")
    for path in (secret, "/etc/passwd", "/proc/self/environ", "/proc/cpuinfo", "/bin/sh"):
        source = f'fn main() {{ print!("{{:?}}", include_bytes!("{path}")); }}'
        run = runner.run(source, "2021", "bin")
        assert run.ended == "not_built"
        assert "couldn't read" in run.stderr


def test_a_loader_of_the_programs_choice_is_not_run_by_us(runner: Runner, tmp_path: Path) -> None:
    loader = tmp_path / "loader"
    loader.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    loader.chmod(0o755)
    text = f"{loader}\\0"
    section = f'#[used] #[link_section = ".interp"] static L: [u8; {len(text) - 1}] = *b"{text}";'
    runner.run(f"{section} fn main() {{}}", "2021", "bin")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("source", ["", "fn main() { \x00 }", "\ud800", "fn main() {"])
def test_strange_sources_are_not_built(runner: Runner, source: str) -> None:
    assert runner.run(source, "2021", "bin").ended == "not_built"


def test_libraries_are_linked(runner: Runner, tmp_path: Path) -> None:
    rustc = [str(runner.toolchain.rustc), "--crate-type=lib", "--crate-name=un", "-o"]
    library = tmp_path / "libun.rlib"
    source = b"pub fn un() -> u8 { 1 }"
    subprocess.run([*rustc, str(library), "-"], input=source, check=True)
    externs = Extern((("un", library),), tmp_path)
    run = runner.run('fn main() { println!("{}", un::un()); }', "2021", "bin", externs)
    assert (run.ended, run.stdout) == ("ok", "1\n")


@linux
def test_no_linker_is_said_with_the_way_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners.shutil, "which", lambda name: None)
    with pytest.raises(CompilerError, match=r"no C linker.*apt install gcc"):
        find_linker.__wrapped__()


def test_an_unknown_processor_runs_nothing() -> None:
    with pytest.raises(CompilerError, match="mips"):
        single_process_filter("mips")


@pytest.mark.parametrize(
    ("stated", "printed", "same"),
    [
        ("1\n2", "1\n2\n", True),
        ("\n\n1  \n2\t\n\n", "1\n2", True),
        ("1\r\n2\r\n", "1\n2\n", True),
        ("", "\n", True),
        (" 1", "1", False),
        ("1\n\n2", "1\n2", False),
        ("1", "1\n2", False),
        ("a\u2028b", "a\nb", False),
    ],
)
def test_matching_output(stated: str, printed: str, same: bool) -> None:
    assert matches_output(stated, printed) is same
