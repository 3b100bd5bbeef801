//! The `git` command: the only program that is run, and it runs nothing else.
//!
//! A repository may be a stranger's. Its configuration and attributes can name programs for many occasions (filters, text
//! conversion, hooks, a monitor of files, a way to fetch what is missing). Only commands that read objects, attributes and
//! settings are used, which run no filters; what could still run something is switched off, and so is every variable that points
//! git elsewhere.

use crate::error::CliError;
use ereje::load::reason;
use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The most bytes of one text.
const MAX_BYTES: usize = ereje::load::MAX_FILE_BYTES;

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

/// The output of git as a line; `None` if it fails or says nothing.
pub(super) fn line(folder: &Path, args: &[&str]) -> Result<Option<String>, CliError> {
    let text =
        git(folder, args)?.map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned());
    Ok(text.filter(|text| !text.is_empty()))
}

/// A git that answers question by question until it is dropped.
#[derive(Debug)]
pub(super) struct Dialogue {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Dialogue {
    pub(super) fn begin(folder: &Path, args: &[&str]) -> io::Result<Self> {
        let pipes =
            |command: &mut Command| command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = pipes(command(folder).args(args))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input, output: BufReader::new(output) }),
            (None, _) | (_, None) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn ask(&mut self, question: &[u8]) -> io::Result<()> {
        self.input.write_all(question)?;
        self.input.flush()
    }

    /// The bytes of an object, from `git cat-file --batch`; `None` if git does not have it. Of a text that is too large there is
    /// one byte more than one may have.
    pub(super) fn object(&mut self, id: &str) -> io::Result<Option<Vec<u8>>> {
        self.ask(format!("{id}\n").as_bytes())?;
        let mut head = String::new();
        self.output.by_ref().take(1024).read_line(&mut head)?;
        if head.trim_end().ends_with(" missing") {
            return Ok(None);
        }
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
        let size: u64 = size.ok_or(io::ErrorKind::InvalidData)?;
        let mut bytes = Vec::new();
        let kept = size.min(MAX_BYTES as u64 + 1);
        self.output.by_ref().take(kept).read_to_end(&mut bytes)?;
        io::copy(&mut self.output.by_ref().take(size - kept + 1), &mut io::sink())?;
        Ok(Some(bytes))
    }

    /// The values of so many attributes of a name, by their names, from `git check-attr -z --stdin`.
    pub(super) fn attributes(&mut self, name: &str, count: usize) -> io::Result<Vec<(String, String)>> {
        self.ask(format!("{name}\0").as_bytes())?;
        let mut field = || -> io::Result<String> {
            let mut bytes = Vec::new();
            self.output.read_until(0, &mut bytes)?;
            match bytes.pop() {
                Some(0) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
                Some(_) | None => Err(io::ErrorKind::UnexpectedEof.into()),
            }
        };
        (0..count).map(|_| field().and_then(|_| Ok((field()?, field()?)))).collect()
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
