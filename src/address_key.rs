//! The key of the addresses that are kept encrypted: a file beside the device's keys, never in the database.

use lonewatch_core::seal::{SealKey, from_hex, hex};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use tracing::{error, info};

/// Names another file than the configuration.
const VARIABLE: &str = "LONEWATCH_ADDRESS_KEY_FILE";

/// The key file: of the environment, else of the configuration.
pub fn path(configured: Option<&Path>) -> Option<PathBuf> {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    named.or_else(|| configured.map(Path::to_owned))
}

/// The key in this file; a new one where there is no file. `kept`: something has been sealed already.
///
/// People are watched over without it as well, so nothing here ends the process: `None` where it cannot be had, and the
/// log says why. A file that is damaged is left as it is: somebody may mend it.
pub fn load(path: &Path, kept: bool) -> Option<SealKey> {
    let shown = path.display();
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let key = from_hex(text.trim()).and_then(|bytes| bytes.try_into().ok());
            if key.is_none() {
                error!(
                    "{shown} is damaged: put it back from a backup. Until then no address can be kept or read"
                );
            }
            key.map(|bytes| SealKey::new(&bytes))
        }
        Err(why) if why.kind() == ErrorKind::NotFound => {
            if kept {
                error!(
                    "{shown} is gone: the addresses that were kept with it cannot be read any more"
                );
            }
            let bytes = SealKey::random_bytes();
            match write(path, &hex(&bytes)) {
                Ok(()) => {
                    info!("made {shown}, the key of the addresses that are kept encrypted");
                    Some(SealKey::new(&bytes))
                }
                Err(why) => {
                    error!("{shown} cannot be written: {why}. Until then no address can be kept");
                    None
                }
            }
        }
        Err(why) => {
            error!("{shown} cannot be read: {why}. Until then no address can be kept or read");
            None
        }
    }
}

/// Writes it for its owner only, as a whole or not at all.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)?;
    let draft = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_made_once_for_its_owner_and_a_damaged_one_is_left() {
        let folder = std::env::temp_dir().join(format!("lonewatch-address-{}", std::process::id()));
        let path = folder.join("data/address.key");
        assert!(load(&path, false).is_some());
        let made = std::fs::read_to_string(&path).expect("written");
        assert_eq!(made.len(), 64);
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(load(&path, true).is_some());
        assert_eq!(std::fs::read_to_string(&path).expect("there"), made);
        std::fs::write(&path, "00ff").expect("written");
        assert!(load(&path, true).is_none());
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "00ff");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
