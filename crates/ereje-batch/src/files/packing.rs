//! Compressed files: how to recognize them, how to read them, and how to write them in pieces that can be cut apart.
//!
//! Each piece of text becomes a gzip member or a zstd frame of its own. Every tool reads successive members and frames
//! as one file. So an interrupted file can be resumed, and threads can compress side by side.

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::io::{self, Read, Write};
use std::path::Path;

/// The default levels of the command line tools of zstd and gzip.
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
    /// The compression that a file's ending names.
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

    /// The compression of a file by its first bytes. No text begins with those of gzip or zstd.
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

    /// A compressor for one thread.
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
    /// Replaces the text by its compressed form, which is complete and can follow any other.
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
