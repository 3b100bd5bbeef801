//! What a checkout makes of the text that git keeps: the text itself, or what stands elsewhere, or what nobody but a program of
//! the repository's can tell.
//!
//! Comes in: a text and its name. Goes out: the bytes that would lie on the disk, or why they cannot be known here. Ends of lines
//! are left as git keeps them, since no policy, case or table means another thing with others.

use super::git::{Dialogue, git, line};
use crate::error::CliError;
use ereje::digest::sha256;
use ereje::load::StoreRefusal;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most bytes of one text.
const MAX_BYTES: usize = ereje::load::MAX_FILE_BYTES;

/// The attributes that change a text on its way to the disk.
const ATTRIBUTES: [&str; 3] = ["filter", "working-tree-encoding", "ident"];

/// How one repository changes texts on their way to the disk.
#[derive(Debug)]
pub(super) struct Checkout {
    commit: String,
    /// The folder that holds the files which git-lfs has here.
    large_files: PathBuf,
    /// The filters, other than that of git-lfs, for which the settings name a program.
    filters: BTreeSet<String>,
    /// A git that knows the attributes; `None` if there are none that matter.
    attributes: Option<Dialogue>,
}

impl Checkout {
    /// Of a commit in a repository, with the texts of its files with attributes.
    pub(super) fn new(folder: &Path, commit: &str, attributes: &[Vec<u8>]) -> Result<Self, CliError> {
        let common = common_folder(folder)?;
        let storage = line(folder, &["config", "--path", "lfs.storage"])?.unwrap_or_else(|| String::from("lfs"));
        let filters = filters(folder)?;
        let beside = fs::read(common.join("info/attributes")).unwrap_or_default();
        let mentions = |text: &Vec<u8>| {
            let text = String::from_utf8_lossy(text);
            ATTRIBUTES.iter().skip(1).any(|attribute| text.contains(attribute))
        };
        let matter = !filters.is_empty() || mentions(&beside) || attributes.iter().any(mentions);
        let source = format!("--source={commit}");
        let asked = [&["check-attr", "-z", "--stdin", source.as_str()][..], &ATTRIBUTES].concat();
        let attributes = matter.then(|| Dialogue::begin(folder, &asked));
        Ok(Self {
            commit: commit.to_owned(),
            large_files: common.join(storage).join("objects"),
            filters,
            attributes: attributes.transpose().map_err(|error| CliError::read(folder, error))?,
        })
    }

    /// The text of a file as a checkout would put it on the disk.
    pub(super) fn text(&mut self, name: &str, kept: Vec<u8>) -> Result<Vec<u8>, StoreRefusal> {
        if let Some(attributes) = &mut self.attributes {
            let refused = || StoreRefusal {
                why: String::from("its attributes cannot be asked for"),
                help: format!("git 2.40 or later tells them; or {}, and give that folder", check_out(&self.commit)),
            };
            let values = attributes.attributes(name, ATTRIBUTES.len()).map_err(|_| refused())?;
            for (attribute, value) in values {
                changed(&attribute, &value, &kept, &self.filters, &self.commit)?;
            }
        }
        match pointer(&kept) {
            Some((id, size)) => self.large_file(&id, size),
            None => Ok(kept),
        }
    }

    /// A file that git-lfs keeps, from where it has it on this machine.
    fn large_file(&self, id: &str, size: u64) -> Result<Vec<u8>, StoreRefusal> {
        let refused = |why: &str| StoreRefusal {
            why: String::from(why),
            help: format!("`git lfs fetch origin {}` brings it", self.commit),
        };
        let folder = self.large_files.join(id.get(..2).unwrap_or("")).join(id.get(2..4).unwrap_or(""));
        let read = || {
            let mut bytes = Vec::new();
            fs::File::open(folder.join(id))?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
        };
        let bytes = read().map_err(|_| refused("git-lfs keeps its text elsewhere, and does not have it here"))?;
        if bytes.len() > MAX_BYTES {
            return Ok(bytes);
        }
        match bytes.len() as u64 == size && sha256(&bytes) == id {
            true => Ok(bytes),
            false => Err(refused("what git-lfs has of it here is not whole")),
        }
    }
}

/// What to do about a file that is not what git keeps.
fn check_out(commit: &str) -> String {
    format!("`git worktree add FOLDER {}` checks the revision out", commit.get(..10).unwrap_or(commit))
}

/// Refuses a text that an attribute changes.
fn changed(
    attribute: &str,
    value: &str,
    kept: &[u8],
    filters: &BTreeSet<String>,
    commit: &str,
) -> Result<(), StoreRefusal> {
    let is_set = !["unspecified", "unset", ""].contains(&value);
    let refused = |why: String, help: &str| Err(StoreRefusal { why, help: help.to_owned() });
    match attribute {
        "filter" if filters.contains(value) => {
            let why = format!("a checkout sends it through the filter `{value}`, a program that is not run here");
            refused(why, &format!("{}; give that folder", check_out(commit)))
        }
        "working-tree-encoding" if is_set && !["utf-8", "utf8"].contains(&value.to_lowercase().as_str()) => {
            let why = format!("a checkout writes it in {value}, and policies, cases and tables are UTF-8");
            refused(why, "take `working-tree-encoding` off it in `.gitattributes`")
        }
        "ident" if is_set && kept.windows(4).any(|part| part == b"$Id$" || part == b"$Id:") => {
            let why = String::from("a checkout writes the name of its version into it, where it says `$Id$`");
            refused(why, "take `ident` off it in `.gitattributes`")
        }
        _ => Ok(()),
    }
}

/// The id and the length of the file for which a text stands that git-lfs has put in its place.
fn pointer(text: &[u8]) -> Option<(String, u64)> {
    if text.len() > 1024 || !ereje::diagnostic::is_lfs_pointer(text) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let id = text.lines().find_map(|line| line.strip_prefix("oid sha256:"))?;
    let size = text.lines().find_map(|line| line.strip_prefix("size "))?.parse().ok()?;
    (id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| (id.to_owned(), size))
}

/// The folder of a repository that all its work trees share.
pub(super) fn common_folder(folder: &Path) -> Result<PathBuf, CliError> {
    let common = line(folder, &["rev-parse", "--git-common-dir"])?;
    Ok(common.map_or_else(|| folder.to_path_buf(), |common| folder.join(common)))
}

/// The filters for which the settings of a repository and of its user name a program, without that of git-lfs, which only puts
/// a file in the place of its pointer.
fn filters(folder: &Path) -> Result<BTreeSet<String>, CliError> {
    let asked = ["config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(smudge|process)$"];
    let names = git(folder, &asked)?.unwrap_or_default();
    let names = names.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let driver = |name: &str| Some(name.strip_prefix("filter.")?.rsplit_once('.')?.0.to_owned());
    Ok(names.filter_map(|name| driver(&name)).filter(|driver| driver != "lfs").collect())
}
