//! Blocks of commands: each `$ ereje …` is run with the built binary, and its output is compared. Other commands are
//! `echo $?`, `cp -r`, `git`, and `cat FILE | ereje …`, which passes the file to the command's stdin.

use super::page::Block;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder in which the commands of a page are run, one after the other.
pub struct Console {
    folder: PathBuf,
    /// The exit code of the last command.
    status: i32,
}

impl Console {
    /// Runs in this folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), status: 0 }
    }

    /// The block with what its commands print.
    pub fn run(&mut self, block: &Block) -> Result<String, String> {
        let mut out = String::new();
        let mut calls: Vec<(&str, String)> = Vec::new();
        for line in block.text.split_inclusive('\n') {
            match (line.strip_prefix("$ "), calls.last_mut()) {
                (Some(command), _) => calls.push((command.trim_end(), String::new())),
                (None, Some((_, shown))) => shown.push_str(line),
                (None, None) => {}
            }
        }
        for (line, shown) in calls {
            let printed = self.command(line)?;
            let text = if is_piece(&shown, &printed) { shown } else { printed };
            out.push_str(&format!("$ {line}\n{text}"));
        }
        if out.is_empty() { Err(String::from("a console without a `$ command`")) } else { Ok(out) }
    }

    /// The output of a command: stdout, then stderr.
    pub fn command(&mut self, line: &str) -> Result<String, String> {
        if line == "echo $?" {
            return Ok(format!("{}\n", self.status));
        }
        if let Some(names) = line.strip_prefix("cp -r ") {
            let (from, to) = names.split_once(' ').ok_or("from where to where?")?;
            copy(&self.folder.join(from), &self.folder.join(to)).map_err(|e| format!("{line}: {e}"))?;
            return Ok(String::new());
        }
        if let Some(args) = line.strip_prefix("git ") {
            return self.git(args);
        }
        let (input, line) = match line.strip_prefix("cat ").and_then(|rest| rest.split_once(" | ")) {
            Some((name, command)) => {
                let file = fs::File::open(self.folder.join(name)).map_err(|e| format!("{name}: {e}"))?;
                (Stdio::from(file), command)
            }
            None => (Stdio::null(), line),
        };
        let args = line.strip_prefix("ereje ").or_else(|| line.strip_prefix("cargo run --release -- "));
        let args = args.ok_or_else(|| format!("`{line}` is no call of ereje"))?;
        let done = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(words(args)?)
            .current_dir(&self.folder)
            .env("NO_COLOR", "1")
            // The reader of a page is not in CI, even when CI tests the page.
            .env("CI", "false")
            .env_remove("INSTA_UPDATE")
            // Whoever runs the tests, the reader of a page has a name.
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.org")
            .stdin(input)
            .output()
            .map_err(|e| e.to_string())?;
        self.status = done.status.code().unwrap_or(-1);
        let mut text = String::from_utf8(done.stdout).map_err(|e| e.to_string())?;
        text.push_str(&String::from_utf8(done.stderr).map_err(|e| e.to_string())?);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        // The time differs in every run.
        let lasting = |line| if str::ends_with(line, " a second") { "…" } else { line };
        Ok(text.lines().map(|line| format!("{}\n", lasting(line))).collect())
    }

    /// The output of a git command. The configuration of this machine's git must not matter.
    fn git(&mut self, args: &str) -> Result<String, String> {
        let done = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
            .args(words(args)?)
            .current_dir(&self.folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("git: {e}"))?;
        self.status = done.status.code().unwrap_or(-1);
        let printed = |bytes| String::from_utf8(bytes).map_err(|e| e.to_string());
        Ok(printed(done.stdout)? + &printed(done.stderr)?)
    }

    /// Writes a file and its folders.
    pub fn file(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.folder.join(name);
        let folder = path.parent().ok_or("a file in no folder")?;
        fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|e| format!("{name}: {e}"))
    }

    /// Writes a block to its file, or applies a `diff` block to it.
    pub fn write(&mut self, block: &Block) -> Result<(), String> {
        let name = block.pair("file").unwrap_or_default();
        if let Some(from) = block.pair("copy") {
            let to = Path::new(name).parent().and_then(Path::to_str).unwrap_or_default();
            for entry in fs::read_dir(super::root().join(from)).map_err(|e| e.to_string())? {
                let path = entry.map_err(|e| e.to_string())?.path();
                if path.is_dir() {
                    continue;
                }
                let text = fs::read_to_string(&path).map_err(|e| e.to_string())?;
                self.file(&format!("{to}/{}", path.file_name().unwrap().to_str().unwrap()), &text)?;
            }
        }
        if block.language != "diff" {
            return self.file(name, &block.text);
        }
        let path = self.folder.join(name);
        let text = fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
        let side = |other: char| -> String {
            let lines = block.text.split_inclusive('\n').filter(|line| !line.starts_with(other));
            lines.map(|line| line.get(1..).unwrap_or("\n")).collect()
        };
        let (before, after) = (side('+'), side('-'));
        match text.matches(&before).count() {
            1 => fs::write(path, text.replacen(&before, &after, 1)).map_err(|e| e.to_string()),
            n => Err(format!("the lines before the change stand in `{name}` {n} times")),
        }
    }
}

/// True if the shown text is part of the output: a line `…` in it stands for any lines.
fn is_piece(shown: &str, printed: &str) -> bool {
    let lines: Vec<&str> = shown.split_inclusive('\n').collect();
    let pieces: Vec<String> = lines.split(|line| line.trim() == "…").map(|lines| lines.concat()).collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return false };
    let Some(mut rest) = printed.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let whole_line = |at: &usize| *at == 0 || rest[..*at].ends_with('\n');
        let Some(at) = rest.match_indices(piece.as_str()).map(|(at, _)| at).find(whole_line) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to)? } else { fs::copy(&path, to).map(|_| ())? }
    }
    Ok(())
}

/// The words of a command; double quotes hold a word together.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            '|' | '>' | '<' | '&' | ';' | '$' | '*' if !quoted => return Err(format!("`{c}` in a command")),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    Ok(words)
}
