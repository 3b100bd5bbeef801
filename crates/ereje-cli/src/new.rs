//! `ereje new`: makes a working policy folder to start from.

use super::error::CliError;
use super::streams::Streams;
use super::{CliResult, Exit, write};
use ereje::visible::visible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of the folder: names with `/`, and texts.
const FILES: [(&str, &str); 6] = [
    ("README.md", include_str!("new/README.md")),
    ("policy.ereje", include_str!("new/policy.ereje")),
    ("pilot.ereje", include_str!("new/pilot.ereje")),
    ("cases.test.yaml", include_str!("new/cases.test.yaml")),
    ("facts/northtown.yaml", include_str!("new/facts/northtown.yaml")),
    ("facts/southtown.yaml", include_str!("new/facts/southtown.yaml")),
];

/// Start a policy folder
///
/// Makes a folder with a small policy that checks and decides: a policy, a pilot that amends it, fact files, cases and a
/// README. A folder that already holds something is left alone, and where one file cannot be written, none is left.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ereje new my-policy
  ereje check my-policy
  ereje eval -p my-policy my-policy/facts/northtown.yaml
  ereje test my-policy
  ereje review my-policy --accept")]
pub(super) struct NewArgs {
    /// The folder to make; it may exist, but must be empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(args: &NewArgs, streams: &mut Streams) -> CliResult {
    let folder = &args.folder;
    if !is_free(folder)? {
        let help = String::from("name a folder that is not there, or an empty one");
        return Err(CliError::Usage(format!("`{}` already holds something", folder.display()), Some(help)));
    }
    let files = FILES.map(|(name, text)| (folder.join(name), text));
    write::create_all(&files).map_err(|(path, error)| CliError::write(&path, error))?;
    let shown = folder.display().to_string();
    let shown = visible(&shown);
    streams.print(&format!(
        "made a policy in `{shown}`; decide an application under it, run its cases, and keep what they decide:\n\n  \
         ereje eval -p {shown} {}\n  ereje test {shown}\n  ereje review {shown} --accept\n",
        visible(&folder.join("facts/northtown.yaml").display().to_string())
    ))?;
    Ok(Exit::Done)
}

/// True if the folder does not exist or is empty.
fn is_free(folder: &Path) -> Result<bool, CliError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(CliError::read(folder, error)),
    }
}
