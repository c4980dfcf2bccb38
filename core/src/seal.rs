//! Encryption of what the database must never hold in plain: the addresses of visits.
//!
//! XChaCha20-Poly1305 with a random nonce for each text. What is sealed for one row cannot be opened as another: team,
//! shift, visit and number of the row are authenticated with it. The key is kept outside of the database.

use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::fmt;
use std::sync::Arc;

/// The form of a sealed text, so that another one can be told apart later.
const FORM: &str = "x1:";
/// Bytes of a nonce.
const NONCE: usize = 24;

/// A key for sealed texts. Clones share it; it is never shown.
#[derive(Clone)]
pub struct SealKey(Arc<XChaCha20Poly1305>);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

impl SealKey {
    /// The key of these bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Arc::new(XChaCha20Poly1305::new(bytes.into())))
    }

    /// New random bytes for a key, from the operating system.
    pub fn random_bytes() -> [u8; 32] {
        XChaCha20Poly1305::generate_key(&mut OsRng).into()
    }

    /// A key that nobody else has: what is sealed with it is lost with the process. For rehearsals and tests.
    pub fn fleeting() -> Self {
        Self::new(&Self::random_bytes())
    }

    /// Seals a text for its place. `None` is a bug of the cipher's: nothing is kept then.
    pub(crate) fn seal(&self, text: &str, place: &[u8]) -> Option<String> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload {
            msg: text.as_bytes(),
            aad: place,
        };
        let sealed = self.0.encrypt(&nonce, payload).ok()?;
        Some(format!("{FORM}{}{}", hex(&nonce), hex(&sealed)))
    }

    /// Opens what was sealed for this place; `None` where it was not, or with another key.
    pub(crate) fn open(&self, sealed: &str, place: &[u8]) -> Option<String> {
        let bytes = from_hex(sealed.strip_prefix(FORM)?)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let payload = Payload {
            msg: sealed,
            aad: place,
        };
        let text = self.0.decrypt(XNonce::from_slice(nonce), payload).ok()?;
        String::from_utf8(text).ok()
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hexadecimal digits as bytes.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let pairs = (0..text.len()).step_by(2);
    let pairs = pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    pairs.collect::<Option<Vec<u8>>>().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_place_open_it() {
        let key = SealKey::fleeting();
        let sealed = key.seal("12 Example Street", b"row 1").unwrap();
        assert!(!sealed.contains("Example"));
        assert_eq!(
            key.open(&sealed, b"row 1").as_deref(),
            Some("12 Example Street")
        );
        assert_eq!(key.open(&sealed, b"row 2"), None);
        assert_eq!(SealKey::fleeting().open(&sealed, b"row 1"), None);
        assert_ne!(key.seal("12 Example Street", b"row 1").unwrap(), sealed);
        for damaged in [
            "",
            "x1:",
            "x1:00",
            "x1:zz",
            &sealed[..sealed.len() - 2],
            &sealed[3..],
        ] {
            assert_eq!(key.open(damaged, b"row 1"), None, "{damaged}");
        }
    }
}
