//! Several files in one input: a line `=== NAME` begins the next one.

/// What begins a file after the first.
pub const MARK: &str = "=== ";

/// The files of an input: the first has the name that is given.
#[must_use]
pub fn split<'d>(first: &'d str, data: &'d [u8]) -> Vec<(String, &'d [u8])> {
    let mut files = Vec::new();
    let (mut name, mut start, mut at) = (first.to_owned(), 0, 0);
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(next) = line.strip_prefix(MARK.as_bytes()) {
            files.push((name, &data[start..at]));
            name = String::from_utf8_lossy(next).trim().to_owned();
            start = at + line.len();
        }
        at += line.len();
    }
    files.push((name, &data[start..]));
    files
}

/// Files as one input; the name of the first is not told.
#[must_use]
pub fn joined(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, (name, text)) in files.iter().enumerate() {
        if index > 0 {
            if !out.ends_with(b"\n") {
                out.push(b'\n');
            }
            out.extend_from_slice(format!("{MARK}{name}\n").as_bytes());
        }
        out.extend_from_slice(text);
    }
    out
}
