// Runs the programs that are linked with it, each in a process of its own, and reports on each.
//
// Called by the path of a file whose name is a number, it is the program of that number. By any
// other, it starts itself for those programs, a few at a time, and writes for each a line "number
// how code characters characters", then what the program printed on its standard output and on its
// error output, as so many characters. How is "ended", "time" or "output"; a code above 128 is a
// signal. `PROGRAMS`, `TOGETHER` (the numbers of those to start), `SECONDS` and `LARGEST` (bytes of
// both outputs) stand above this text.
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ChildStderr, ChildStdout, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{channel, Receiver};
use std::time::{Duration, Instant};

const AT_A_TIME: usize = 8; // most of them wait for nothing, some sleep

fn main() -> ExitCode {
    let own = std::env::args().next().unwrap_or_default();
    if let Some(Ok(number)) = own.rsplit('/').next().map(str::parse::<usize>) {
        return PROGRAMS[number]();
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= TOGETHER.len() {
                    break;
                }
                report(&own, TOGETHER[number]);
            });
        }
    });
    ExitCode::SUCCESS
}

fn report(own: &str, number: usize) {
    let mut child = Command::new(own)
        .arg0(number.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the driver cannot start itself");
    let deadline = Instant::now() + Duration::from_secs(SECONDS);
    let pipes = read(child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (mut printed, mut how) = ([Vec::new(), Vec::new()], "ended");
    for _ in 0..2 {
        let left = deadline.saturating_duration_since(Instant::now());
        match pipes.recv_timeout(left) {
            Ok((at, bytes)) => {
                printed[at] = bytes;
                if printed[0].len() + printed[1].len() > LARGEST {
                    how = "output";
                }
            }
            Err(_) => how = "time",
        }
        if how != "ended" {
            break;
        }
    }
    let mut status = None;
    while how == "ended" && status.is_none() {
        status = child.try_wait().expect("the driver cannot wait");
        if status.is_none() && Instant::now() > deadline {
            how = "time";
        } else if status.is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    write(number, how, status, &printed);
}

fn read(out: ChildStdout, error: ChildStderr) -> Receiver<(usize, Vec<u8>)> {
    let (sender, receiver) = channel();
    let pipes: [Box<dyn Read + Send>; 2] = [Box::new(out), Box::new(error)];
    for (at, pipe) in pipes.into_iter().enumerate() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.take(LARGEST as u64 + 1).read_to_end(&mut bytes);
            let _ = sender.send((at, bytes));
        });
    }
    receiver
}

fn write(number: usize, how: &str, status: Option<ExitStatus>, printed: &[Vec<u8>; 2]) {
    let code = status.map_or(0, |s| s.code().unwrap_or_else(|| 128 + s.signal().unwrap_or(0)));
    let texts = printed.each_ref().map(|bytes| String::from_utf8_lossy(bytes));
    let [out, error] = texts.each_ref().map(|text| text.chars().count());
    let mut stdout = std::io::stdout().lock();
    write!(stdout, "{number} {how} {code} {out} {error}\n{}{}", texts[0], texts[1])
        .expect("the driver cannot report");
}
