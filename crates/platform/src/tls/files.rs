//! Files of keys: private to the node, never half written.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::TlsError;

/// Makes the folder, for the node's own user only.
pub fn make_folder(folder: &Path) -> Result<(), TlsError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| failed("建不了文件夹", folder, &e))
}

/// Writes a file beside its place and moves it there, readable by the node's own user only.
pub fn write(path: &Path, content: &str) -> Result<(), TlsError> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        // The mode above counts for a new file only; one left over from a crash keeps its own.
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|e| failed("写不了文件", path, &e))
}

/// Reads a file, or says that it is not there.
pub fn read(path: &Path) -> Result<Option<String>, TlsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed("读不了文件", path, &e)),
    }
}

fn failed(what: &str, path: &Path, e: &std::io::Error) -> TlsError {
    TlsError(format!("{what} {}（{e}）：请检查路径和权限", path.display()))
}
