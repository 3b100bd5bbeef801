//! Blocks of commands: each `$ ereje …` is run with the built binary, and what it prints is compared.

use super::page::Block;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder in which the commands of a page are run, one after the other.
pub struct Console {
    folder: PathBuf,
    /// How the last command ended.
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
        for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            out.push_str(&format!("$ {line}\n"));
            out.push_str(&self.command(line)?);
        }
        if out.is_empty() { Err(String::from("a console without a `$ command`")) } else { Ok(out) }
    }

    /// What a command prints: its results, then whatever else it says.
    pub fn command(&mut self, line: &str) -> Result<String, String> {
        if line == "echo $?" {
            return Ok(format!("{}\n", self.status));
        }
        let args = line.strip_prefix("ereje ").or_else(|| line.strip_prefix("cargo run --release -- "));
        let args = args.ok_or_else(|| format!("`{line}` is no call of ereje"))?;
        let done = Command::new(env!("CARGO_BIN_EXE_ereje"))
            .args(words(args)?)
            .current_dir(&self.folder)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| e.to_string())?;
        self.status = done.status.code().unwrap_or(-1);
        let mut text = String::from_utf8(done.stdout).map_err(|e| e.to_string())?;
        text.push_str(&String::from_utf8(done.stderr).map_err(|e| e.to_string())?);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(text)
    }

    /// Writes a file, and the folders that it stands in.
    pub fn file(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.folder.join(name);
        let folder = path.parent().ok_or("a file in no folder")?;
        fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|e| format!("{name}: {e}"))
    }

    /// Writes a block into its file, or changes the file as a `diff` block says.
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
