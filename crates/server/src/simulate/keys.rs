//! What the simulators and the demo node share through the data folder: the keys of the devices,
//! which the platform itself shows only once, the node's clock, and the story being played.
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Keys by device.
pub type Keys = BTreeMap<String, String>;

/// The folder inside the data folder.
pub fn folder(data: &Path) -> PathBuf {
    data.join("simulate")
}

/// The keys on file; none where nobody has written any.
pub fn read(data: &Path) -> io::Result<Keys> {
    match fs::read(folder(data).join("keys.json")) {
        Ok(text) => serde_json::from_slice(&text).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Keys::new()),
        Err(error) => Err(error),
    }
}

/// Adds keys to those on file; only the owner of the data folder can read them.
pub fn add(data: &Path, new: Keys) -> io::Result<()> {
    let mut keys = read(data)?;
    keys.extend(new);
    let text = serde_json::to_vec_pretty(&keys).map_err(io::Error::other)?;
    replace(data, "keys.json", &text)
}

/// The gateway of a firm and its key.
pub fn gateway<'a>(keys: &'a Keys, enterprise: &str) -> Option<(&'a str, &'a str)> {
    let named = crate::demo::county::gateway(enterprise);
    keys.iter().find(|(device, _)| device.starts_with(&named)).map(|(device, key)| (device.as_str(), key.as_str()))
}

/// Writes a file of the folder as a whole: readers see the old text or the new one.
pub fn replace(data: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    let folder = folder(data);
    fs::create_dir_all(&folder)?;
    let draft = folder.join(format!("{name}.new"));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(draft, folder.join(name))
}

/// How far the clock of a demo node has been moved forward, in milliseconds.
pub fn moved_clock(data: &Path) -> i64 {
    fs::read_to_string(folder(data).join("clock")).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0)
}

/// Keeps how far a demo node's clock has been moved, for its next start and for its simulators.
pub fn keep_clock(data: &Path, moved: i64) -> io::Result<()> {
    replace(data, "clock", moved.to_string().as_bytes())
}

/// The story being played: name, start on the node's clock, speed.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Playing {
    /// Name.
    pub story: String,
    /// Start.
    pub from: i64,
    /// How many times faster than life.
    pub speed: f64,
}

impl Playing {
    /// The story on file.
    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder(data).join("story.json")).ok()?).ok()
    }
    /// Puts it on file, for the running simulators to play.
    pub fn write(&self, data: &Path) -> io::Result<()> {
        replace(data, "story.json", &serde_json::to_vec(self).map_err(io::Error::other)?)
    }
}

/// Held by the process that simulates the devices of a data folder.
pub struct Hold(#[expect(dead_code, reason = "the lock lives as long as the file is open")] fs::File);

/// Takes the devices of a data folder; `None` where another process simulates them already, because
/// two connections of one device would throw each other out.
pub fn hold(data: &Path) -> io::Result<Option<Hold>> {
    fs::create_dir_all(folder(data))?;
    let file = fs::File::create(folder(data).join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Hold(file))),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_added_to_those_on_file_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder_of_test = tempfile::tempdir().unwrap();
        let data = folder_of_test.path();
        assert!(read(data).unwrap().is_empty());
        add(data, Keys::from([("E001-GW".to_owned(), "a".to_owned())])).unwrap();
        add(data, Keys::from([("E002-GW".to_owned(), "b".to_owned())])).unwrap();
        assert_eq!(read(data).unwrap().len(), 2);
        let mode = fs::metadata(folder(data).join("keys.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }

    #[test]
    fn one_process_simulates_the_devices_of_a_folder() {
        let folder_of_test = tempfile::tempdir().unwrap();
        let first = hold(folder_of_test.path()).unwrap();
        assert!(first.is_some() && hold(folder_of_test.path()).unwrap().is_none());
        drop(first);
        assert!(hold(folder_of_test.path()).unwrap().is_some());
    }

    #[test]
    fn a_moved_clock_is_kept() {
        let folder_of_test = tempfile::tempdir().unwrap();
        assert_eq!(moved_clock(folder_of_test.path()), 0);
        keep_clock(folder_of_test.path(), 86_400_000).unwrap();
        assert_eq!(moved_clock(folder_of_test.path()), 86_400_000);
    }
}
