"""External crates: the cache by a cargo that only pretends, the set by the real one."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curator.base.errors import CompilerError
from curator.rust import crates as module
from curator.rust.compiler import Crate, Extern, Rustc
from curator.rust.crates import DEFAULT_CRATES, build_crates, find_crates
from curator.rust.toolchain import Toolchain

TWO = {"serde_json": '"1"', "tokio": '{ version = "1" }'}

# Answers `build` and `metadata` for every dependency of Cargo.toml; keeps its words in a log.
CARGO = """
import json, os, pathlib, sys, time
with open({log!r}, "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
manifest = pathlib.Path("Cargo.toml").read_text().partition("[dependencies]")[2]
names = [line.split(" = ")[0] for line in manifest.split("\\n") if " = " in line]
deps = pathlib.Path(os.environ["CARGO_TARGET_DIR"]) / "debug" / "deps"
{extra}
if sys.argv[1] == "build":
    pathlib.Path("Cargo.lock").touch()
    deps.mkdir(parents=True)
    for name in [*names, "inner", "teaching"]:
        file = deps / f"lib{{name}}-1{{'.so' if name == 'inner' else '.rlib'}}"
        file.write_text("a library")
        files = [str(file), str(file.with_suffix(".rmeta"))]
        print(json.dumps({{"package_id": f"id {{name}}", "filenames": files}}))
else:
    ours = [{{"name": name.replace("-", "_"), "pkg": f"id {{name}}"}} for name in names]
    node = {{"id": "id teaching", "deps": ours}}
    print(json.dumps({{"resolve": {{"root": "id teaching", "nodes": [node]}}}}))
"""
Fake = Callable[[str], Toolchain]


def script(path: Path, text: str) -> None:
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(text)}")
    path.chmod(0o755)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "PACKAGED", tmp_path / "packaged")
    return tmp_path / "cache" / "rustsensei-curator" / "crates"


@pytest.fixture
def fake(tmp_path: Path, cache: Path) -> Fake:
    """A toolchain whose cargo runs `extra` before it answers."""

    def install(extra: str = "") -> Toolchain:
        script(tmp_path / "rustc", "print('host: a-machine')")
        log = str(tmp_path / "log")
        script(tmp_path / "cargo", CARGO.format(log=log, extra=extra))
        return Toolchain(tmp_path / "rustc", tmp_path, "rustc 1.90.0", (1, 90), ())

    return install


def called(tmp_path: Path, command: str = "build") -> list[str]:
    log = tmp_path / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line for line in lines if line.startswith(command)]


def left(cache: Path) -> list[str]:
    return sorted(p.name for p in cache.iterdir() if p.suffix != ".lock")


def test_a_set_is_built_once(fake: Fake, tmp_path: Path, cache: Path) -> None:
    toolchain = fake("")
    assert find_crates(toolchain, TWO) is None
    built = build_crates(toolchain, TWO)
    (tmp_path / "cargo").unlink()
    assert build_crates(toolchain, TWO) == find_crates(toolchain, TWO) == built
    assert len(called(tmp_path)) == 1
    assert len(left(cache)) == 1


def test_what_a_set_is(fake: Fake) -> None:
    built = build_crates(fake(""), {"with-hyphen": '"1"', "tokio": '"1"'})
    assert built.folder is not None
    assert dict(built.libraries).keys() == {"with_hyphen", "tokio"}
    assert all(path.parent == built.folder for _, path in built.libraries)
    names = {path.name for path in built.folder.iterdir()}
    assert names == {"libwith-hyphen-1.rlib", "libtokio-1.rlib", "libinner-1.so"}
    assert (built.folder.parent / "Cargo.lock").exists()


def test_other_crates_or_another_rustc_are_another_set(fake: Fake) -> None:
    toolchain = fake("")
    build_crates(toolchain, TWO)
    newer = Toolchain(toolchain.rustc, toolchain.sysroot, "rustc 1.91.0", (1, 91), ())
    assert find_crates(newer, TWO) is None
    assert find_crates(toolchain, {**TWO, "tokio": '"0.2"'}) is None
    assert find_crates(toolchain, dict(reversed(TWO.items()))) is not None


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("error: no matching package named `x` found\nplace\nAs a reminder: advice", "named `x`"),
        ("warning: w\nerror: outer\n\nCaused by:\n  middle\n\nCaused by:\n  inner\n", "inner"),
        ("killed\n", "killed"),
        ("", "exit status 101"),
    ],
)
def test_a_failure_is_one_line_and_leaves_nothing(
    fake: Fake, cache: Path, stderr: str, said: str
) -> None:
    toolchain = fake(f"deps.mkdir(parents=True); sys.stderr.write({stderr!r}); sys.exit(101)")
    with pytest.raises(CompilerError) as caught:
        build_crates(toolchain, TWO)
    assert said in caught.value.what
    assert "\n" not in str(caught.value)
    assert "apt install librust-" in str(caught.value)
    assert left(cache) == []
    assert find_crates(toolchain, TWO) is None


def test_a_failure_after_the_build_leaves_nothing(fake: Fake, cache: Path) -> None:
    with pytest.raises(CompilerError, match="cannot be built"):
        build_crates(fake("if sys.argv[1] == 'metadata': sys.exit(1)"), TWO)
    assert left(cache) == []


def test_a_crate_without_library_is_named(fake: Fake, cache: Path) -> None:
    extra = "if sys.argv[1] == 'build': names.remove('tokio')"
    with pytest.raises(CompilerError, match="without a library: tokio"):
        build_crates(fake(extra), TWO)
    assert left(cache) == []


def test_no_cargo_is_said_with_the_way_to_get_one(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toolchain = fake("")
    (tmp_path / "cargo").unlink()
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(CompilerError, match=r"no cargo.*install cargo"):
        build_crates(toolchain, TWO)


def test_a_cache_that_cannot_be_written(fake: Fake, tmp_path: Path) -> None:
    toolchain = fake("")
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(CompilerError, match="XDG_CACHE_HOME"):
        build_crates(toolchain, TWO)


@pytest.mark.parametrize("lost", ["complete.json", "deps/libtokio-1.rlib"])
def test_a_set_with_a_part_missing_is_built_again(
    fake: Fake, tmp_path: Path, cache: Path, lost: str
) -> None:
    toolchain = fake("")
    built = build_crates(toolchain, TWO)
    (cache / left(cache)[0] / lost).unlink()
    assert find_crates(toolchain, TWO) is None
    assert build_crates(toolchain, TWO) == built
    assert len(called(tmp_path)) == 2


def test_a_killed_build_leaves_no_set(fake: Fake, cache: Path) -> None:
    toolchain = fake("time.sleep(0.2); os.kill(os.getppid(), 9)")
    code = f"""
        from pathlib import Path
        from curator.rust.crates import build_crates
        from curator.rust.toolchain import Toolchain
        rustc = Path({str(toolchain.rustc)!r})
        build_crates(Toolchain(rustc, rustc.parent, "rustc 1.90.0", (1, 90), ()), {TWO!r})
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=os.environ)
    assert done.returncode == -9
    assert find_crates(toolchain, TWO) is None
    assert build_crates(fake(""), TWO).libraries
    assert len(left(cache)) == 1


def test_two_at_once_build_one_set(fake: Fake, tmp_path: Path) -> None:
    toolchain = fake("time.sleep(0.3)")
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: build_crates(toolchain, TWO), range(2))
    assert first == second
    assert len(called(tmp_path)) == 1


def test_packaged_sources_are_preferred_when_all_are_there(fake: Fake, tmp_path: Path) -> None:
    copy = f"shutil.copy('.cargo/config.toml', {str(tmp_path / 'config')!r})"
    toolchain = fake(f"import shutil\nif os.path.exists('.cargo/config.toml'): {copy}")
    (tmp_path / "packaged" / "tokio-1.24.2").mkdir(parents=True)
    (tmp_path / "packaged" / "serde_json_path-1.0.0").mkdir()
    build_crates(toolchain, TWO)
    assert not (tmp_path / "config").exists()
    assert "--offline" not in called(tmp_path)[0]
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "packaged" / "serde_json-1.0.87").mkdir()
    build_crates(toolchain, TWO)
    assert str(tmp_path / "packaged") in (tmp_path / "config").read_text()
    assert "--offline" in called(tmp_path)[1]
    assert "--offline --format-version=1 --filter-platform=a-machine" in called(tmp_path, "meta")[1]


def test_the_users_build_settings_stay_out(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER"):
        monkeypatch.setenv(name, "users")
    monkeypatch.setenv("HTTPS_PROXY", "users")
    seen = tmp_path / "seen"
    build_crates(fake(f"json.dump(dict(os.environ), open({str(seen)!r}, 'w'))"), TWO)
    names = [name for name, value in json.loads(seen.read_text()).items() if value == "users"]
    assert names == ["HTTPS_PROXY"]


@pytest.fixture(scope="module")
def extern(tmp_path_factory: pytest.TempPathFactory, rustc: Rustc) -> Extern:
    """The default set, built for real; skips only where no source of crates is in reach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        try:
            return build_crates(rustc.toolchain)
        except CompilerError as error:
            if module.PACKAGED.exists():
                raise
            pytest.skip(f"neither packaged crates nor a registry in reach: {error}")


BLOCKS = {
    "tokio": """
        use tokio::sync::mpsc;
        #[tokio::main]
        async fn main() {
            let (tx, mut rx) = mpsc::channel::<u32>(4);
            tokio::spawn(async move { tx.send(42).await.unwrap() });
            println!("{:?}", rx.recv().await);
        }
    """,
    "serde": """
        use serde::{Deserialize, Serialize};
        #[derive(Debug, Serialize, Deserialize)]
        struct Livre { titre: String, #[serde(default)] pages: u32 }
        fn main() -> Result<(), serde_json::Error> {
            let livre: Livre = serde_json::from_str(r#"{"titre": "Rust"}"#)?;
            println!("{livre:?} {}", serde_json::to_string(&livre)?);
            Ok(())
        }
    """,
    "thiserror": """
        use anyhow::Context;
        use thiserror::Error;
        #[derive(Debug, Error)]
        enum Erreur { #[error("lecture : {0}")] Lecture(#[from] std::io::Error) }
        fn lire() -> Result<String, Erreur> { Ok(std::fs::read_to_string("x")?) }
        fn main() { println!("{}", lire().context("au démarrage").is_err()); }
    """,
    "rand": """
        use rand::{seq::SliceRandom, Rng};
        fn main() {
            let mut tirage = rand::thread_rng();
            println!("{}", tirage.gen_range(0..10) < 10);
            let _: Option<&u8> = [1, 2, 3].choose(&mut tirage);
        }
    """,
    "futures": """
        use futures::{executor::block_on, future::join_all, join, StreamExt};
        async fn double(n: u32) -> u32 { n * 2 }
        fn main() {
            block_on(async {
                let (a, b) = join!(double(1), double(2));
                let flux = futures::stream::iter([a, b]).map(|n| n + 1);
                println!("{:?} {:?}", flux.collect::<Vec<_>>().await, join_all([double(3)]).await);
            });
        }
    """,
}


@pytest.mark.slow
def test_the_default_set_is_complete(extern: Extern) -> None:
    assert dict(extern.libraries).keys() == DEFAULT_CRATES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_compile_in_the_sandbox(extern: Extern, rustc: Rustc, name: str) -> None:
    crate = Crate((BLOCKS[name],), "2021", "bin", alone=True, externs=extern)
    assert rustc.compile(crate).errors == ()
    assert rustc.compile(crate).ok


@pytest.mark.slow
def test_blocks_compile_as_modules_of_one_crate(extern: Extern, rustc: Rustc) -> None:
    result = rustc.compile(Crate(tuple(BLOCKS.values()), "2021", externs=extern))
    assert (result.ok, result.errors) == (True, ())


@pytest.mark.slow
def test_faults_have_their_codes_and_lines(extern: Extern, rustc: Rustc) -> None:
    wrong = BLOCKS["serde"].replace("Serialize, Deserialize)]", "Serialize)]")
    result = rustc.compile(Crate((wrong,), "2021", "bin", alone=True, externs=extern))
    assert not result.ok
    assert "E0277" in result.codes
    assert 6 in {d.line for d in result.errors}


@pytest.mark.slow
def test_without_the_set_the_crates_are_unknown(rustc: Rustc) -> None:
    result = rustc.compile(Crate((BLOCKS["rand"],), "2021", "bin", alone=True))
    assert not result.ok
    assert result.codes & {"E0432", "E0433"}


@pytest.mark.slow
@pytest.mark.parametrize("name", BLOCKS)
def test_programs_link_and_run(extern: Extern, rustc: Rustc, tmp_path: Path, name: str) -> None:
    (tmp_path / "main.rs").write_text(BLOCKS[name])
    words = [word for n, path in extern.libraries for word in ("--extern", f"{n}={path}")]
    words += ["-L", f"dependency={extern.folder}", "--edition", "2021", "-o", "main", "main.rs"]
    subprocess.run([rustc.toolchain.rustc, *words], cwd=tmp_path, check=True)
    done = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True, check=True)
    expected = {"tokio": "Some(42)", "futures": "[3, 5] [6]", "rand": "true", "thiserror": "true"}
    assert expected.get(name, "Livre") in done.stdout
