//! Compressed files: which they are, how to read them, and how to write them in pieces that can be cut apart.
//!
//! A piece of text becomes a gzip member or a zstd frame of its own. Members and frames that follow one another are one
//! file to every tool, so that an interrupted file can be gone on with, and threads can compress side by side.

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::io::{self, Read, Write};
use std::path::Path;

/// What zstd calls 3 and gzip 6 is what their own tools do when nothing is asked for.
const ZSTD_LEVEL: i32 = 3;
const GZIP_LEVEL: u32 = 6;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// What a file's name says.
    pub fn of_name(path: &Path) -> Self {
        let is = |wanted: &str| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted));
        if is("gz") {
            Self::Gzip
        } else if is("zst") {
            Self::Zstd
        } else {
            Self::Plain
        }
    }

    /// What a file's first bytes say. No text begins with those of gzip or zstd.
    pub fn of_start(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"\x1f\x8b") {
            Self::Gzip
        } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
            Self::Zstd
        } else {
            Self::Plain
        }
    }

    /// The text that a compressed stream holds.
    pub fn unpack(self, input: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Plain => Box::new(input),
            Self::Gzip => Box::new(MultiGzDecoder::new(input)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::new(input)?),
        })
    }

    /// What compresses, for one thread.
    pub fn packer(self) -> io::Result<Packer> {
        Ok(match self {
            Self::Plain => Packer::Plain,
            Self::Gzip => Packer::Gzip,
            Self::Zstd => Packer::Zstd(zstd::bulk::Compressor::new(ZSTD_LEVEL)?),
        })
    }
}

/// Compresses pieces of text.
pub enum Packer {
    Plain,
    Gzip,
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Packer {
    /// Puts the text into its compressed form, which can be read by itself and behind any other.
    pub fn pack(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Plain => {}
            Self::Gzip => {
                let mut packed = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
                packed.write_all(text)?;
                *text = packed.finish()?;
            }
            Self::Zstd(compressor) => *text = compressor.compress(text)?,
        }
        Ok(())
    }
}
