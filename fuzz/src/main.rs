//! Tries inputs without libFuzzer, on any stable compiler.
//!
//! `run [--inputs N] [--seconds N] [--seed N] [TARGET…]` changes the seeds by numbers and tries what comes out; each target in
//! a process of its own, so that one that goes down is told with the input that brought it down, and one that hangs is ended.
//! `try TARGET FILE…` tries inputs from files. `seeds TARGET FOLDER` writes the seeds for libFuzzer.

use ereje_fuzz::{TARGETS, Target, is_started_by_a_batch, mutate, run_as_ereje, target};
use std::collections::VecDeque;
use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longer than any input takes, even where the machine has other work.
const HANGS: Duration = Duration::from_secs(60);

const USAGE: &str = "run [--inputs N] [--seconds N] [--seed N] [TARGET…] | try TARGET FILE… | seeds TARGET FOLDER";

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if is_started_by_a_batch(&args) {
        return ExitCode::from(u8::try_from(run_as_ereje(args)).unwrap_or(u8::MAX));
    }
    let words: VecDeque<String> = args.into_iter().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    match command(words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn command(mut words: VecDeque<String>) -> Result<bool, Box<dyn Error>> {
    match words.pop_front().as_deref() {
        Some("run") => run(words),
        Some("work") => work(words),
        Some("try") => {
            let target = named(&mut words)?;
            for name in words {
                (target.run)(&fs::read(&name).map_err(|error| format!("`{name}`: {error}"))?);
                println!("{name}: everything holds");
            }
            Ok(true)
        }
        Some("seeds") => {
            let target = named(&mut words)?;
            let folder = PathBuf::from(words.pop_front().ok_or(USAGE)?);
            fs::create_dir_all(&folder)?;
            for (number, seed) in (target.seeds)().iter().enumerate() {
                fs::write(folder.join(format!("seed-{number:05}")), seed)?;
            }
            Ok(true)
        }
        _ => Err(USAGE.into()),
    }
}

fn named(words: &mut VecDeque<String>) -> Result<&'static Target, Box<dyn Error>> {
    let name = words.pop_front().ok_or(USAGE)?;
    let known = TARGETS.map(|target| target.name).join(", ");
    target(&name).ok_or_else(|| format!("there is no target `{name}`; there are {known}").into())
}

fn number<T: FromStr>(words: &mut VecDeque<String>) -> Result<T, Box<dyn Error>> {
    words.pop_front().and_then(|word| word.parse().ok()).ok_or_else(|| USAGE.into())
}

/// Starts a process for each target, as many at a time as there are cores; false if something does not hold.
fn run(mut words: VecDeque<String>) -> Result<bool, Box<dyn Error>> {
    let (mut inputs, mut seconds, mut seed) = (None, u64::MAX, 1_u64);
    let mut targets = Vec::new();
    while let Some(word) = words.front() {
        if !word.starts_with("--") {
            targets.push(named(&mut words)?);
            continue;
        }
        match words.pop_front().as_deref() {
            Some("--inputs") => inputs = Some(number::<u64>(&mut words)?),
            Some("--seconds") => seconds = number(&mut words)?,
            Some("--seed") => seed = number(&mut words)?,
            _ => return Err(USAGE.into()),
        }
    }
    if targets.is_empty() {
        targets = TARGETS.iter().collect();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    fs::create_dir_all(&folder)?;
    // The longest first, so that no core is left alone with it; the rest in any order.
    targets.sort_by_key(|target| target.short);
    let (tried, broken) = (AtomicU64::new(0), AtomicU64::new(0));
    let left = Mutex::new(targets.into_iter());
    let take_some = || -> Result<(), String> {
        loop {
            let Some(target) = left.lock().ok().and_then(|mut left| left.next()) else { return Ok(()) };
            let inputs = inputs.unwrap_or(target.short);
            match target_holds(target, inputs, seconds, seed, &folder).map_err(|error| error.to_string())? {
                Ok(number) => tried.fetch_add(number, Ordering::Relaxed),
                Err(()) => broken.fetch_add(1, Ordering::Relaxed),
            };
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(take_some)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a thread went down".into())))
    })?;
    let (tried, broken) = (tried.into_inner(), broken.into_inner());
    println!("{tried} inputs were tried; {broken} targets found something");
    Ok(broken == 0)
}

/// How many inputs were tried, or that something was found.
fn target_holds(
    target: &Target,
    inputs: u64,
    seconds: u64,
    seed: u64,
    folder: &Path,
) -> Result<Result<u64, ()>, Box<dyn Error>> {
    // Another run of the same target may be under way.
    let notes = tempfile::tempdir()?;
    let [now, at, said] = ["now", "at", "said"].map(|what| notes.path().join(what));
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["work", target.name])
        .args([inputs, seconds, seed].map(|number| number.to_string()))
        .arg(notes.path())
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&said)?)
        .spawn()?;
    let reached = || fs::read_to_string(&at).ok().and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    let mut last = (reached(), Instant::now());
    let (ended, hangs) = loop {
        if let Some(ended) = child.try_wait()? {
            break (ended, false);
        }
        std::thread::sleep(Duration::from_millis(20));
        let number = reached();
        if number != last.0 {
            last = (number, Instant::now());
        } else if last.1.elapsed() > HANGS {
            child.kill()?;
            break (child.wait()?, true);
        }
    };
    let (number, took) = (reached(), began.elapsed().as_secs_f64());
    if ended.success() && number == 0 {
        println!("{}: nothing was tried in {took:.1} s", target.name);
        return Ok(Err(()));
    }
    if ended.success() && !hangs {
        let cut = if number < inputs { format!(", of {inputs}: the time was over") } else { String::new() };
        println!("{}: {number} inputs{cut}, {took:.1} s", target.name);
        return Ok(Ok(number));
    }
    let kept = folder.join(format!("{}-{seed}-{number}", target.name));
    fs::copy(&now, &kept)?;
    let what = if hangs { String::from("it hangs") } else { ended.to_string() };
    println!("{}: input {number} of seed {seed}: {what}; kept as {}", target.name, kept.display());
    let said = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(40)).for_each(|line| println!("  {line}"));
    Ok(Err(()))
}

/// Tries the inputs of a target in this process. What is tried is noted before it is, for who comes after.
fn work(mut words: VecDeque<String>) -> Result<bool, Box<dyn Error>> {
    let target = named(&mut words)?;
    let (inputs, seconds, seed): (u64, u64, u64) = (number(&mut words)?, number(&mut words)?, number(&mut words)?);
    let folder = PathBuf::from(words.pop_front().ok_or(USAGE)?);
    let mut at = File::create(folder.join("at"))?;
    let now = folder.join("now");
    let seeds = (target.seeds)();
    let began = Instant::now();
    let slow = Duration::from_secs(10);
    let mut number = 0;
    while number < inputs && began.elapsed().as_secs() < seconds {
        let input = mutate::input(&seeds, seed, number);
        fs::write(&now, &input)?;
        note(&mut at, number)?;
        let begun = Instant::now();
        (target.run)(&input);
        assert!(begun.elapsed() < slow, "it takes {:?}", begun.elapsed());
        number += 1;
    }
    note(&mut at, number)?;
    Ok(true)
}

fn note(at: &mut File, number: u64) -> std::io::Result<()> {
    use std::io::Seek as _;
    at.rewind()?;
    writeln!(at, "{number}")
}
