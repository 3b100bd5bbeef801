//! A second process beside a run that writes files. When the run is ended from outside, by Ctrl-C, by a signal, by the
//! system or by a fault of the program, it notes how far the run has come and says how to go on.
//!
//! A process that is ended can do nothing more itself, unless it catches signals, which takes unsafe code, and which no
//! process can do with every one of them. The guard reads from a pipe what the run has written; the end of the pipe is
//! the end of the run. It stands in a process group of its own, so that Ctrl-C reaches the run alone.

use super::super::error::Exit;
use super::super::streams::{Color, Streams};
use ereje_batch::files::input::InputPosition;
use ereje_batch::files::journal::{Checkpoint, Job, Journal};
use ereje_batch::files::names::{beside, standing};
use ereje_batch::files::output::Output;
use ereje_batch::files::summary::spaced;
use serde_json::{Value as Json, json};
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The word that makes a guard of the program. No user writes it.
const WORD: &str = "--guard-of-a-batch";

/// The shortest time between two messages to the guard; what is decided in it may be decided again.
const PACE: Duration = Duration::from_millis(20);

/// The message that nothing is to be done any more.
const END: &str = "end";

/// What the run knows of its guard.
pub(super) struct Guard {
    /// `None` if no guard could be started: the run goes on without.
    teller: Option<(Arc<Told>, JoinHandle<()>)>,
}

/// How far a run has come.
pub(super) struct Progress {
    /// The last bytes before the position in the input.
    pub(super) mark: Vec<u8>,
    /// All that is noted, without what identifies the position.
    pub(super) at: Checkpoint,
    pub(super) bytes: u64,
}

/// What the guard is to be told next.
#[derive(Default)]
struct Told {
    next: Mutex<Next>,
    changed: Condvar,
}

#[derive(Default)]
struct Next {
    /// How far the run has come; inside, `None` if the journal has it already.
    news: Option<Option<Progress>>,
    ended: bool,
}

impl Guard {
    /// No guard.
    pub(super) fn none() -> Self {
        Self { teller: None }
    }

    /// Starts a guard of a run with these files. A run that cannot have one goes on without: it still notes by itself, at
    /// intervals, how far it has come.
    pub(super) fn start(output: &Path, bad: Option<&Path>, job: &Job, before: &Checkpoint) -> Self {
        let begin = json!({
            "output": output, "bad": bad, "job": job, "before": before, "command": command(std::env::args_os()),
        });
        let start = || -> io::Result<ChildStdin> {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::null());
            apart(&mut command);
            let mut pipe = command.spawn()?.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
            writeln!(pipe, "{begin}")?;
            Ok(pipe)
        };
        let Ok(pipe) = start() else { return Self::none() };
        let told = Arc::new(Told::default());
        let teller = std::thread::Builder::new().spawn({
            let told = Arc::clone(&told);
            move || told.tell(pipe)
        });
        Self { teller: teller.ok().map(|teller| (told, teller)) }
    }

    /// Tells how far the run has come; `None` if the journal has it already. It never waits for the guard.
    pub(super) fn tell(&self, progress: impl FnOnce() -> Option<Progress>) {
        if let Some((told, _)) = &self.teller {
            told.lock().news = Some(progress());
            told.changed.notify_one();
        }
    }

    /// Nothing is left to do for the guard; when this returns, it knows.
    pub(super) fn end(&mut self) {
        if let Some((told, teller)) = self.teller.take() {
            told.lock().ended = true;
            told.changed.notify_one();
            let _ = teller.join();
        }
    }
}

impl Told {
    fn lock(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes on the newest, at most once in a [`PACE`], until the run says that it has ended.
    fn tell(&self, mut pipe: ChildStdin) {
        loop {
            let next = self.lock();
            let waiting = self.changed.wait_while(next, |next| next.news.is_none() && !next.ended);
            let mut next = waiting.unwrap_or_else(PoisonError::into_inner);
            if next.ended {
                // If the guard is gone, there is nobody to tell.
                let _ = writeln!(pipe, "{END}");
                return;
            }
            let news = next.news.take();
            drop(next);
            let Some(progress) = news else { continue };
            let line = progress.map_or_else(
                || String::from("null"),
                |Progress { mark, at, bytes }| {
                    json!(Checkpoint { place: InputPosition::new(bytes, &mark), ..at }).to_string()
                },
            );
            if writeln!(pipe, "{line}").is_err() {
                return;
            }
            let paced = self.changed.wait_timeout_while(self.lock(), PACE, |next| !next.ended);
            drop(paced);
        }
    }
}

#[cfg(unix)]
fn apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(windows)]
fn apart(command: &mut Command) {
    const NEW_PROCESS_GROUP: u32 = 0x200;
    std::os::windows::process::CommandExt::creation_flags(command, NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn apart(_: &mut Command) {}

/// The command line that goes on with a run, as a person types it.
fn command(args: impl Iterator<Item = OsString>) -> String {
    let mut words: Vec<String> = vec![String::from("ereje")];
    words.extend(args.skip(1).filter(|arg| arg != "--resume").map(|arg| quoted(&arg)));
    words.push(String::from("--resume"));
    words.join(" ")
}

/// A word for a shell.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=' | ',' | ':' | '+' | '@' | '%');
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Runs as a guard, if the command line says so.
pub(crate) fn run(args: &[OsString]) -> Option<Exit> {
    (args.len() == 2 && args.get(1).is_some_and(|arg| arg == WORD)).then(|| match watch() {
        Ok(()) => Exit::Done,
        Err(_) => Exit::CouldNotRun,
    })
}

/// What the guard was told at the beginning.
struct Watched {
    output: PathBuf,
    bad: Option<PathBuf>,
    job: Job,
    command: String,
    at: Checkpoint,
}

impl Watched {
    fn read(line: &str) -> Option<Self> {
        let mut told: Json = serde_json::from_str(line).ok()?;
        let path = |told: &Json, key: &str| told.get(key).and_then(Json::as_str).map(PathBuf::from);
        Some(Self {
            output: path(&told, "output")?,
            bad: path(&told, "bad"),
            command: told.get("command")?.as_str()?.to_owned(),
            job: serde_json::from_value(told.get_mut("job")?.take()).ok()?,
            at: serde_json::from_value(told.get_mut("before")?.take()).ok()?,
        })
    }
}

/// Waits for the end of the run.
fn watch() -> io::Result<()> {
    let mut lines = io::stdin().lock().lines();
    let Some(mut watched) = lines.next().transpose()?.as_deref().and_then(Watched::read) else { return Ok(()) };
    let mut unnoted = false;
    for line in lines {
        let line = line?;
        if line == END {
            return Ok(());
        }
        // A message that was cut off by the end of the run is none.
        match serde_json::from_str::<Option<Checkpoint>>(&line) {
            Ok(Some(at)) => (watched.at, unnoted) = (at, true),
            Ok(None) => unnoted = false,
            Err(_) => {}
        }
    }
    // Without its terminal there is nobody to tell, and the note is written all the same.
    let noted = if unnoted { note(&watched) } else { Some(()) };
    if noted.is_some() {
        say(&watched);
    }
    Ok(())
}

/// Notes how far the run has come; `None` if its files are not what it has left, or another run has them by now.
fn note(watched: &Watched) -> Option<()> {
    let Watched { output, bad, job, at, .. } = watched;
    let mut at = at.clone();
    let open = |path: &Path, length: u64, mark: &mut String| {
        standing(&beside(path, ".part")).ok()??;
        let mut file = Output::open(path).ok()?;
        let whole = file.part().is_some_and(|part| part.found() >= length);
        file.sync().ok().filter(|()| whole)?;
        *mark = file.mark(length).ok()?;
        Some(file)
    };
    let [mark, bad_mark] = &mut at.marks;
    // Both stay locked until the note is written.
    let _output = open(output, at.output, mark)?;
    let _bad = match bad {
        Some(bad) => Some(open(bad, at.bad, bad_mark)?),
        None => None,
    };
    Journal::new(beside(output, ".resume"), job.clone()).write(&at).ok()
}

fn say(watched: &Watched) {
    let mut streams = Streams::new(Color::Auto);
    let rows = watched.at.counts.rows();
    let name = watched.output.display();
    let kept = match rows {
        0 => String::from("no row was written"),
        1 => format!("1 row is kept beside `{name}`"),
        rows => format!("{} rows are kept beside `{name}`", spaced(rows)),
    };
    streams.error(&format!("the run was ended before its end; {kept}"));
    streams.help(&format!("to go on: {}", watched.command));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_to_go_on_can_be_typed() {
        let words =
            ["/usr/bin/ereje", "batch", "-p", "my law", "a.ndjson", "-o", "it's", "--resume", "--assume=a=b", ""];
        let command = command(words.into_iter().map(OsString::from));
        assert_eq!(command, r"ereje batch -p 'my law' a.ndjson -o 'it'\''s' --assume=a=b '' --resume");
    }
}
