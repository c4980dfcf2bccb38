//! The files beside the device's keys: readable by their owner only, written as a whole or not at all.

use anyhow::{Context, Result, bail};
use matrix_sdk::ruma::TransactionId;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often, and how long apart, the lock is tried.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// The folder of one device, held by one process at a time: two that use the same keys would break each other's
/// encrypted conversations for good.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Opens the folder, makes it where it is missing, and locks it until it is dropped. Waits a few seconds for one
    /// that is just ending.
    ///
    /// # Errors
    /// Where it cannot be made or written to, or another process holds it.
    pub async fn open(path: &Path) -> Result<Self> {
        Self::open_within(path, TRIES).await
    }

    async fn open_within(path: &Path, tries: u32) -> Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder
            .create(path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let lock = options
            .open(path.join("lock"))
            .with_context(|| format!("cannot write in the folder {}", path.display()))?;
        let mut left = tries;
        while let Err(error) = lock.try_lock() {
            match error {
                TryLockError::WouldBlock if left > 0 => {
                    left -= 1;
                    tokio::time::sleep(PAUSE).await;
                }
                TryLockError::WouldBlock => bail!(
                    "{} is in use by another Lonewatch: stop that one first, or give this one its own data_dir",
                    path.display()
                ),
                TryLockError::Error(error) => {
                    return Err(error).context("cannot lock the folder of the keys");
                }
            }
        }
        let path = path.to_owned();
        Ok(Self { path, _lock: lock })
    }

    /// The path of something in the folder.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The text of a file, without white space around it; `None` where there is no such file.
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<String>> {
        match fs::read_to_string(self.join(name)) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("cannot read {}", self.join(name).display()))
            }
        }
    }

    /// Writes a file that only its owner can read. After a power cut it is the old one or the new one.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let (path, draft) = (self.join(name), self.join(&format!("{name}.new")));
        let write = || -> std::io::Result<()> {
            let mut options = OpenOptions::new();
            options.create(true).truncate(true).write(true).mode(0o600);
            let mut file = options.open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.path)?.sync_all()
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The key under which the device's keys are stored, made where there is none yet. A random key, not a passphrase: to
/// stretch a passphrase at every start takes seconds in which nobody is watched over.
///
/// # Errors
/// Where its file cannot be read or written, or is damaged.
pub fn store_key(folder: &Folder) -> Result<[u8; 32]> {
    const NAME: &str = "store-key";
    let text = match folder.read(NAME)? {
        Some(text) => text,
        None => {
            // Two random UUIDs: 244 random bits, from the SDK's own generator.
            let made = format!("{}{}", TransactionId::new(), TransactionId::new());
            folder.write(NAME, &made)?;
            made
        }
    };
    let path = folder.join(NAME);
    from_hex(&text).with_context(|| {
        format!(
            "{} is damaged: put it back from a backup, or give the bot a new data_dir",
            path.display()
        )
    })
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 2 * key.len() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn a_secret_is_for_its_owner_and_a_folder_for_one_process() {
        let path = std::env::temp_dir().join(format!("lonewatch-secrets-{}", std::process::id()));
        let folder = Folder::open_within(&path, 0).await.expect("a folder");
        assert_eq!(folder.read("key").expect("readable"), None);
        folder.write("key", "one\n").expect("written");
        folder.write("key", "two\n").expect("written again");
        assert_eq!(
            folder.read("key").expect("readable").as_deref(),
            Some("two")
        );
        let mode = |of: &Path| fs::metadata(of).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder.join("key")), 0o600);
        assert_eq!(mode(&path), 0o700);
        let second = Folder::open_within(&path, 0)
            .await
            .expect_err("it is in use");
        assert!(second.to_string().contains("in use"), "{second}");
        drop(folder);
        Folder::open_within(&path, 0).await.expect("free again");
        fs::remove_dir_all(&path).expect("removed");
    }

    #[tokio::test]
    async fn the_store_key_is_random_and_stays() {
        let path = std::env::temp_dir().join(format!("lonewatch-key-{}", std::process::id()));
        let folder = Folder::open_within(&path, 0).await.expect("a folder");
        let key = store_key(&folder).expect("made");
        assert_eq!(store_key(&folder).expect("there"), key);
        folder.write("store-key", "00ff").expect("written");
        let damaged = store_key(&folder).expect_err("too short");
        assert!(damaged.to_string().contains("damaged"), "{damaged}");
        fs::remove_file(folder.join("store-key")).expect("removed");
        assert_ne!(store_key(&folder).expect("made again"), key);
        fs::remove_dir_all(&path).expect("removed");
    }
}
