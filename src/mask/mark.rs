//! What stands in place of a masked value: a mark that is the same for all, or with a key one by which equal values of one
//! fact are known to be equal.

use crate::digest::hex;
use sha2::{Digest, Sha256};

/// The mark of a masked value.
pub const MARK: &str = "•••";

/// The least bytes of a key. Fewer can be guessed, and then every value that is on a list can be found.
pub const MIN_KEY: usize = 16;

/// The length of a block of SHA-256.
const BLOCK: usize = 64;

/// The bytes of the hash that are shown, as two digits each.
const SHOWN_BYTES: usize = 8;

/// The mark of the value of a fact under a key.
pub(super) fn keyed(key: &[u8], fact: &str, value: &str) -> String {
    let hash = hmac(key, &[fact.as_bytes(), b"\0", value.as_bytes()]);
    format!("•{}", hex(hash.get(..SHOWN_BYTES).unwrap_or(&hash)))
}

/// HMAC with SHA-256 (RFC 2104) of some texts, one after the other.
fn hmac(key: &[u8], texts: &[&[u8]]) -> [u8; 32] {
    let short: [u8; 32];
    let key = if key.len() > BLOCK {
        short = Sha256::digest(key).into();
        &short
    } else {
        key
    };
    let mut block = [0_u8; BLOCK];
    block.iter_mut().zip(key).for_each(|(slot, byte)| *slot = *byte);
    let mut inner = Sha256::new();
    inner.update(block.map(|byte| byte ^ 0x36));
    texts.iter().for_each(|text| inner.update(text));
    let mut outer = Sha256::new();
    outer.update(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test cases 1, 2, 3 and 6 of RFC 4231.
    #[test]
    fn the_hash_is_that_of_the_standard() {
        let known = [
            (vec![0x0b; 20], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, text, hash) in known {
            assert_eq!(hex(&hmac(&key, &[text])), hash);
        }
    }

    #[test]
    fn a_mark_depends_on_the_fact_the_value_and_the_key() {
        let one = keyed(b"0123456789abcdef", "person.id", "7");
        assert_eq!(one, keyed(b"0123456789abcdef", "person.id", "7"));
        assert_eq!(one.chars().count(), 17);
        for (key, fact, value) in [
            (b"0123456789abcdeF", "person.id", "7"),
            (b"0123456789abcdef", "person.i", "7"),
            (b"0123456789abcdef", "person.id", "8"),
        ] {
            assert_ne!(one, keyed(key, fact, value));
        }
    }
}
