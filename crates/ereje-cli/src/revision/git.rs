//! The `git` command: the only program that is run, and it runs nothing else.
//!
//! A repository may be a stranger's. Its configuration and attributes can name programs for many occasions (filters, text
//! conversion, hooks, a monitor of files, a way to fetch what is missing). Only commands that read objects are used, which know
//! no filters; what could still run something is switched off, and so is every variable that points git elsewhere.

use crate::error::CliError;
use ereje::load::reason;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// The most bytes of one text.
const MAX_BYTES: usize = ereje::load::MAX_FILE_BYTES;

/// The most bytes of all texts that are read of one revision.
const MAX_TOTAL: usize = 256 << 20;

/// Settings that win over those of the repository.
const SETTINGS: [&str; 11] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=false",
    "core.askPass=",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "fetch.recurseSubmodules=false",
    "submodule.recurse=false",
];

/// The variables of git that are left as they are: the configuration of the person who runs it, and their name.
fn is_kept(name: &OsStr) -> bool {
    let kept = [
        "GIT_AUTHOR_EMAIL",
        "GIT_AUTHOR_NAME",
        "GIT_CEILING_DIRECTORIES",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
    ];
    !name.as_encoded_bytes().starts_with(b"GIT_") || kept.iter().any(|known| name == *known)
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| !is_kept(name)) {
        command.env_remove(name);
    }
    command.arg("--no-pager").arg("-C").arg(folder);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    // What is missing in a partial clone is not fetched; an older git that does not know the first of these finds that no
    // protocol is allowed.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "").env("GIT_PROTOCOL_FROM_USER", "0");
    // Git must not prompt, and must not write.
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("LC_ALL", "C");
    command
}

fn usage(message: String, help: Option<String>) -> CliError {
    CliError::Usage(message, help)
}

fn not_there(error: &std::io::Error) -> CliError {
    let help = "install git, or give two folders or two files";
    usage(format!("`git` cannot be run: {}", reason(error)), Some(help.into()))
}

/// The output of git; `None` if it fails.
pub(super) fn git(folder: &Path, args: &[&str]) -> Result<Option<Vec<u8>>, CliError> {
    let output = command(folder).args(args).stdin(Stdio::null()).output().map_err(|error| not_there(&error))?;
    Ok(output.status.success().then_some(output.stdout))
}

/// The texts of some files, by name and id, each passed on in this order.
pub(super) fn contents(
    folder: &Path,
    blobs: &[(&String, &String)],
    take: &mut dyn FnMut(&str, Vec<u8>),
) -> Result<(), CliError> {
    if blobs.is_empty() {
        return Ok(());
    }
    let mut child = command(folder)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| not_there(&error))?;
    let asked: String = blobs.iter().map(|(_, id)| format!("{id}\n")).collect();
    let input = child.stdin.take();
    // Reading and writing at the same time, since otherwise the two programs would wait for each other.
    let feeder = std::thread::spawn(move || input.map(|mut input| input.write_all(asked.as_bytes())));
    let read = child.stdout.take().map_or(Ok(()), |output| {
        let mut output = BufReader::new(output);
        let mut total = 0;
        for (name, _) in blobs {
            let text = content(&mut output, name)?;
            total += text.len();
            if total > MAX_TOTAL {
                let message =
                    format!("the revision holds more than {} MiB of policies, cases and tables", MAX_TOTAL >> 20);
                return Err(usage(message, Some(String::from("check it out, and give the folder"))));
            }
            take(name, text);
        }
        Ok(())
    });
    if read.is_err() {
        let _ = child.kill();
    }
    let _ = feeder.join();
    let _ = child.wait();
    read
}

/// One text as `git cat-file --batch` prints it: a line with its size, its bytes, a line end.
fn content(output: &mut impl BufRead, name: &str) -> Result<Vec<u8>, CliError> {
    let unread = || usage(format!("git cannot read `{name}`"), Some("see what `git fsck` says".into()));
    let mut head = String::new();
    output.by_ref().take(1024).read_line(&mut head).map_err(|_| unread())?;
    if head.trim_end().ends_with(" missing") {
        let help = "this clone holds only a part of its objects, and nothing is fetched here; `git show REV:FILE` fetches \
                    one, and a clone without `--filter` has all";
        return Err(usage(format!("git does not have the text of `{name}`"), Some(help.into())));
    }
    let size: u64 = head.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(unread)?;
    let mut bytes = Vec::new();
    // The rest of a text that is too large is skipped; the code that uses the text reports it.
    let kept = size.min(MAX_BYTES as u64 + 1);
    output.take(kept).read_to_end(&mut bytes).map_err(|_| unread())?;
    std::io::copy(&mut output.take(size - kept + 1), &mut std::io::sink()).map_err(|_| unread())?;
    Ok(bytes)
}
