// Runs the programs that are linked with it, each in a process of its own, and reports on each.
//
// Called by the path of a file whose name is a number, it is the program of that number. By any
// other, it forks for those programs, a few at a time, and writes for each a line "number how code
// characters characters", then what the program printed on its standard output and on its error
// output, as so many characters. How is "ended", "time" or "output"; a code above 128 is a signal.
// `PROGRAMS`, `TOGETHER` (the numbers of those to start), `SECONDS` and `LARGEST` (bytes of both
// outputs) stand above this text. It is compiled with every set of programs, so it calls the
// system itself: `std::process` and channels take rustc as long as a hundred programs.
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const AT_A_TIME: usize = 8; // most of them wait for nothing, some sleep
const READABLE: i16 = 1; // POLLIN
const NO_HANG: i32 = 1; // WNOHANG
const KILL: i32 = 9;

#[repr(C)]
struct Polled {
    fd: i32,
    events: i16,
    ready: i16,
}

unsafe extern "C" {
    fn fork() -> i32;
    fn pipe(ends: *mut i32) -> i32;
    fn dup2(from: i32, to: i32) -> i32;
    fn close(fd: i32) -> i32;
    fn read(fd: i32, to: *mut u8, most: usize) -> isize;
    fn poll(fds: *mut Polled, count: usize, milliseconds: i32) -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
}

struct Child {
    number: usize,
    pid: i32,
    pipes: [i32; 2], // -1 once it is closed
    printed: [Vec<u8>; 2],
    deadline: Instant,
}

fn main() -> ExitCode {
    let own = std::env::args().next().unwrap_or_default();
    if let Some(Ok(number)) = own.rsplit('/').next().map(str::parse::<usize>) {
        return PROGRAMS[number]();
    }
    let (mut next, mut running) = (0, Vec::new());
    while next < TOGETHER.len() || !running.is_empty() {
        if next < TOGETHER.len() && running.len() < AT_A_TIME {
            match begin(TOGETHER[next]) {
                Some(child) => running.push(child),
                None => return PROGRAMS[TOGETHER[next]](), // this is the child
            }
            next += 1;
        } else {
            listen(&mut running);
            let mut at = 0;
            while at < running.len() {
                if has_ended(&running[at]) {
                    running.swap_remove(at);
                } else {
                    at += 1;
                }
            }
        }
    }
    ExitCode::SUCCESS
}

fn begin(number: usize) -> Option<Child> {
    let (mut out, mut error) = ([0; 2], [0; 2]);
    unsafe {
        assert!(pipe(out.as_mut_ptr()) == 0 && pipe(error.as_mut_ptr()) == 0, "no pipe");
        let pid = fork();
        assert!(pid >= 0, "no process");
        if pid == 0 {
            dup2(out[1], 1);
            dup2(error[1], 2);
        }
        for fd in [out[1], error[1]] {
            close(fd);
        }
        let pipes = [out[0], error[0]];
        if pid == 0 {
            pipes.map(|fd| close(fd));
            return None;
        }
        let deadline = Instant::now() + Duration::from_secs(SECONDS);
        Some(Child { number, pid, pipes, printed: [Vec::new(), Vec::new()], deadline })
    }
}

// Waits until some child has printed, or a moment where one has closed its pipes or is late.
fn listen(running: &mut [Child]) {
    let mut polled = Vec::new();
    let mut wait = 1000;
    for child in &*running {
        for fd in child.pipes {
            polled.push(Polled { fd, events: READABLE, ready: 0 });
        }
        let left = child.deadline.saturating_duration_since(Instant::now()).as_millis() as i32;
        wait = wait.min(if child.pipes == [-1, -1] { 1 } else { left + 1 });
    }
    unsafe { poll(polled.as_mut_ptr(), polled.len(), wait) };
    let mut buffer = [0; 1 << 16];
    for (at, one) in polled.iter().enumerate() {
        if one.fd < 0 || one.ready == 0 {
            continue;
        }
        let child = &mut running[at / 2];
        let count = unsafe { read(one.fd, buffer.as_mut_ptr(), buffer.len()) };
        if count > 0 {
            child.printed[at % 2].extend_from_slice(&buffer[..count as usize]);
        } else {
            child.pipes[at % 2] = -1;
            unsafe { close(one.fd) };
        }
    }
}

fn has_ended(child: &Child) -> bool {
    let mut status = 0;
    let silent = child.pipes == [-1, -1];
    let how = if child.printed[0].len() + child.printed[1].len() > LARGEST {
        "output"
    } else if silent && unsafe { waitpid(child.pid, &mut status, NO_HANG) } == child.pid {
        "ended"
    } else if Instant::now() > child.deadline {
        "time"
    } else {
        return false;
    };
    if how != "ended" {
        unsafe {
            kill(child.pid, KILL);
            waitpid(child.pid, &mut status, 0);
        }
        for fd in child.pipes {
            unsafe { close(fd) };
        }
        status = 0;
    }
    let code = if status & 0x7f == 0 { status >> 8 & 0xff } else { 128 + (status & 0x7f) };
    let out = String::from_utf8_lossy(&child.printed[0]);
    let error = String::from_utf8_lossy(&child.printed[1]);
    let (number, length, lengths) = (child.number, out.chars().count(), error.chars().count());
    let mut stdout = std::io::stdout();
    write!(stdout, "{number} {how} {code} {length} {lengths}\n{out}{error}").expect("no report");
    stdout.flush().expect("no report"); // a child must not inherit what waits to be written
    true
}
