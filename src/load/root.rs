//! What a policy may read on the disk: what stands below its root, and what is allowed besides.
//!
//! Comes in: the path that a person named, and what they say about it. Goes out: a [`Fence`], which every file and folder
//! has to pass before it is read, under the path to which all links lead. The policy of a stranger can so be checked
//! where other things lie beside it.

use super::read_log::ReadLog;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What a policy may read, as far as it is said; the rest is found from the path that the policy is loaded from.
///
/// Without anything said the root is the git work tree that the path stands in, or else the folder around the folder that
/// is named, so that a policy can import a neighbour.
///
/// ```
/// use ereje::{Policy, load::PolicyRoot};
///
/// # let dir = std::env::temp_dir().join("ereje-root-example");
/// # std::fs::create_dir_all(dir.join("law"))?;
/// # std::fs::write(dir.join("law/a.ereje"), "policy a.b\nfacts day: date\nas of day\ndecision d\n  no > yes\n  otherwise yes\n")?;
/// let root = PolicyRoot::default().at(dir.join("law"));
/// let policy = Policy::load_within(dir.join("law"), &root)?;
/// # assert_eq!(policy.name(), "a.b");
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRoot {
    folder: Option<PathBuf>,
    allowed: Vec<PathBuf>,
}

/// The folders and files that a policy may read, by their real paths.
#[derive(Clone, Debug)]
pub struct Fence {
    root: PathBuf,
    origin: RootOrigin,
    allowed: Vec<PathBuf>,
    /// Where everything is noted that is read behind it.
    log: Option<ReadLog>,
}

/// Where a root comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RootOrigin {
    Said,
    WorkTree,
    Around,
}

/// A path that a root is found from, or that is allowed, and that is not there.
#[derive(Debug)]
pub struct RootError {
    /// The path.
    pub(super) path: PathBuf,
    /// The system's error.
    pub(super) error: io::Error,
}

/// What a file is read as. Links are followed to a file of the same kind only: the lines of any other are nobody's
/// business, and would be shown where it turns out to be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A folder, or anything that is not read.
    Any,
    /// A policy file.
    Policy,
    /// A CSV file.
    Csv,
    /// A file of cases, or of explanations beside them.
    Yaml,
    /// A snapshot of a decision.
    Snapshot,
}

/// Why something may not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRefusal {
    what: RefusalReason,
    root: PathBuf,
    origin: RootOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RefusalReason {
    Outside,
    LinkOutside,
    Hidden,
    Kind(FileKind),
}

impl FileKind {
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Any => &[],
            Self::Policy => &["ereje"],
            Self::Csv => &["csv"],
            Self::Yaml => &["yaml", "yml"],
            Self::Snapshot => &["snap"],
        }
    }

    /// True if a file of this name is of the kind.
    fn fits(self, path: &Path) -> bool {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
        self == Self::Any || self.endings().iter().any(|known| ending.eq_ignore_ascii_case(known))
    }
}

impl PolicyRoot {
    /// With this folder as the root.
    #[must_use]
    pub fn at(self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// With a file or folder that may be read as well.
    #[must_use]
    pub fn allow(mut self, path: impl Into<PathBuf>) -> Self {
        self.allowed.push(path.into());
        self
    }

    /// What may be read by the policies under a path that a person named.
    ///
    /// # Errors
    /// If the path, the root, or what is allowed is not there.
    pub fn of(&self, named: &Path) -> Result<Fence, RootError> {
        let real = |path: &Path| fs::canonicalize(path).map_err(|error| RootError { path: path.to_path_buf(), error });
        let mut allowed = self.allowed.iter().map(|path| real(path)).collect::<Result<Vec<_>, _>>()?;
        let (root, origin) = match &self.folder {
            Some(folder) => (real(folder)?, RootOrigin::Said),
            None => match work_tree(named) {
                Some((tree, _)) => (tree, RootOrigin::WorkTree),
                None => {
                    let folder = real(if named.is_dir() { named } else { parent(named) })?;
                    (folder.parent().map_or_else(|| folder.clone(), Path::to_path_buf), RootOrigin::Around)
                }
            },
        };
        // A folder that a person names is not left out, whatever its name begins with.
        let folder = if named.is_dir() { named } else { parent(named) };
        let named = if origin == RootOrigin::Around { fs::canonicalize(folder).ok() } else { None };
        allowed.extend(named.into_iter().chain(standing(folder)).filter(|at| at.starts_with(&root)));
        Ok(Fence { root, origin, allowed, log: None })
    }
}

/// The folder that holds a path.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The place where a path is written. Of a link that is not where it leads: otherwise a link in a work tree would choose
/// another root.
fn standing(path: &Path) -> Option<PathBuf> {
    match path.file_name() {
        Some(name) => Some(fs::canonicalize(parent(path)).ok()?.join(name)),
        None => fs::canonicalize(path).ok(),
    }
}

/// The git work tree that a path stands in: the nearest folder around it that holds a `.git`; and the place of the path in it.
#[must_use]
pub fn work_tree(named: &Path) -> Option<(PathBuf, PathBuf)> {
    let standing = standing(named)?;
    let is_link = fs::symlink_metadata(&standing).is_ok_and(|found| found.is_symlink());
    let holds = |folder: &&Path| fs::symlink_metadata(folder.join(".git")).is_ok();
    let tree = standing.ancestors().skip(usize::from(is_link)).find(holds)?;
    Some((tree.to_path_buf(), standing.strip_prefix(tree).ok()?.to_path_buf()))
}

/// A path without `.` and `..`, which says nothing of links.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

impl Fence {
    /// The same fence, behind which everything that is read is noted.
    #[must_use]
    pub fn noting(self, log: ReadLog) -> Self {
        Self { log: Some(log), ..self }
    }

    /// Notes a file that is read, or a folder that is listed; whether it is there makes no difference.
    pub fn note(&self, path: &Path) {
        if let Some(log) = &self.log {
            log.note(path);
        }
    }

    /// Passes a path that may be read, with all links resolved; it need not be there.
    ///
    /// # Errors
    /// Why it may not be read. Nothing outside is touched, and whether it is there makes no difference.
    pub fn admit(&self, path: &Path, kind: FileKind) -> Result<(), ReadRefusal> {
        let refused = |what| ReadRefusal { what, root: self.root.clone(), origin: self.origin };
        let folder = |path: &Path| fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path });
        if let (Some(name), Ok(around)) = (path.file_name(), folder(path.parent().unwrap_or(path))) {
            self.within(&around.join(name)).map_err(refused)?;
        }
        let leads = |what| if what == RefusalReason::Outside { RefusalReason::LinkOutside } else { what };
        // Of a path that leads nowhere, the part that is there counts.
        for (index, part) in path.ancestors().enumerate() {
            let Ok(real) = folder(part) else { continue };
            self.within(&real).map_err(|what| refused(leads(what)))?;
            let fits = index > 0 || real.is_dir() || kind.fits(&real);
            return if fits { Ok(()) } else { Err(refused(RefusalReason::Kind(kind))) };
        }
        Ok(())
    }

    /// A path that is written in a file, relative to a folder that was passed before: refused without a look at the disk
    /// where it leads outside.
    ///
    /// # Errors
    /// As for [`Fence::admit`].
    pub fn admit_in(&self, folder: &Path, name: &str, kind: FileKind) -> Result<(), ReadRefusal> {
        let refused = |what| ReadRefusal { what, root: self.root.clone(), origin: self.origin };
        let real = fs::canonicalize(folder).unwrap_or_else(|_| plain(folder));
        self.within(&plain(&real.join(name))).map_err(refused)?;
        self.admit(&folder.join(name), kind)
    }

    fn within(&self, path: &Path) -> Result<(), RefusalReason> {
        let hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
        let mut found = Err(RefusalReason::Outside);
        for base in self.allowed.iter().chain([&self.root]) {
            match path.strip_prefix(base) {
                Ok(inside) if inside.components().any(hidden) => found = Err(RefusalReason::Hidden),
                Ok(_) => return Ok(()),
                Err(_) => {}
            }
        }
        found
    }
}

impl ReadRefusal {
    /// What was expected, for the place where the path is written.
    #[must_use]
    pub fn label(&self) -> String {
        match self.what {
            RefusalReason::Outside => format!("outside {}", self.root()),
            RefusalReason::LinkOutside => format!("a link on this path leads outside {}", self.root()),
            RefusalReason::Hidden => String::from("a name on this path begins with a dot, and such names are left out"),
            RefusalReason::Kind(kind) => {
                let endings: Vec<String> = kind.endings().iter().map(|ending| format!("`.{ending}`")).collect();
                format!("expected a file whose own name ends in {}", endings.join(" or "))
            }
        }
    }

    fn root(&self) -> String {
        // What is told is passed on, and the way to the folder is nobody's business there.
        let root = self.root.file_name().map_or_else(|| self.root.display(), |name| Path::new(name).display());
        match self.origin {
            RootOrigin::Said => format!("the root `{root}`"),
            RootOrigin::WorkTree => format!("the git work tree `{root}`"),
            RootOrigin::Around => format!("`{root}`, the folder around the one that is named"),
        }
    }

    /// The next step.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.what {
            RefusalReason::Outside | RefusalReason::LinkOutside | RefusalReason::Hidden => {
                "put what the policy needs below that folder, or allow it: `--allow PATH` adds a file or a folder, `--root DIR` \
                 takes another root"
            }
            RefusalReason::Kind(_) => "give the file that name, and let the path or the link lead to it",
        }
    }
}

impl fmt::Display for ReadRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}
