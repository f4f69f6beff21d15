//! `anlan backup` and `anlan restore` of an embedded node.
use super::Settings;
use anyhow::{Context, Result, ensure};
use clap::Args;
use lines::online::telemetry::Telemetry;
use platform::Db;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Databases of an embedded node; each is copied as a consistent whole while the node runs.
const MAIN: &str = "anlan.sqlite";
const TELEMETRY: &str = "telemetry.sqlite";
/// Folders copied as they are: files are written once and never changed.
const FOLDERS: [&str; 3] = ["files", "tls", "log"];
const MANIFEST: &str = "backup.json";

/// What a backup holds, so that a damaged one is noticed before it is needed.
#[derive(Serialize, Deserialize)]
struct Manifest {
    version: String,
    log_size: u64,
    log_root: String,
    /// Path → SM3 digest.
    files: BTreeMap<String, String>,
}

#[derive(Args)]
pub(super) struct Backup {
    /// 新的备份文件夹
    dir: PathBuf,
    #[command(flatten)]
    settings: Settings,
}

impl Backup {
    pub(super) async fn run(self) -> Result<()> {
        let config = self.settings.load()?;
        ensure!(
            config.database.is_none(),
            "PostgreSQL 请用它自己的工具备份（pg_basebackup、pgbackrest）；files 与 tls 文件夹另行复制"
        );
        ensure!(config.data.join(MAIN).exists(), "{} 里没有节点数据：用 --data 指定", config.data.display());
        ensure!(!self.dir.exists() || is_empty(&self.dir)?, "{} 不是空文件夹：请换一个新的", self.dir.display());
        std::fs::create_dir_all(&self.dir)?;
        Db::sqlite(&config.data.join(MAIN)).await?.copy_to(&self.dir.join(MAIN)).await?;
        // The readings come second, so that what an event of the copy speaks of is in the copy too.
        if config.data.join(TELEMETRY).exists() {
            Telemetry::copy(&config.data.join(TELEMETRY), &self.dir.join(TELEMETRY)).await?;
        }
        for name in FOLDERS {
            copy_folder(&config.data.join(name), &self.dir.join(name))?;
        }
        let copy = Db::sqlite(&self.dir.join(MAIN)).await?;
        let head = platform::spine::rederive(&copy).await.context("备份中的证据树推不出来，备份作废")?;
        let mut manifest = Manifest {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            log_size: head.size,
            log_root: head.root,
            files: BTreeMap::new(),
        };
        digest_folder(&self.dir, &self.dir, &mut manifest.files)?;
        std::fs::write(self.dir.join(MANIFEST), serde_json::to_string_pretty(&manifest)?)?;
        println!("已备份到 {}：证据 {} 条，文件 {} 个", self.dir.display(), manifest.log_size, manifest.files.len());
        println!("其中有私钥和个人信息：请加密保存，并与本机分开存放");
        Ok(())
    }
}

#[derive(Args)]
pub(super) struct Restore {
    /// 备份文件夹
    dir: PathBuf,
    #[command(flatten)]
    settings: Settings,
}

impl Restore {
    pub(super) async fn run(self) -> Result<()> {
        let config = self.settings.load()?;
        let text = std::fs::read_to_string(self.dir.join(MANIFEST))
            .with_context(|| format!("{} 不是备份文件夹", self.dir.display()))?;
        let manifest: Manifest = serde_json::from_str(&text).context("备份说明 backup.json 无法读取")?;
        ensure!(
            !config.data.exists() || is_empty(&config.data)?,
            "数据文件夹 {} 里已有内容：请恢复到一个空文件夹",
            config.data.display()
        );
        for (path, digest) in &manifest.files {
            let bytes = std::fs::read(self.dir.join(path)).with_context(|| format!("备份缺少 {path}"))?;
            ensure!(platform::files::digest(&bytes) == *digest, "备份中的 {path} 已损坏或被改动，未恢复任何内容");
        }
        for path in manifest.files.keys() {
            let target = config.data.join(path);
            std::fs::create_dir_all(target.parent().unwrap_or(&config.data))?;
            std::fs::copy(self.dir.join(path), target)?;
        }
        let head = platform::spine::rederive(&Db::sqlite(&config.data.join(MAIN)).await?).await?;
        ensure!(head.size == manifest.log_size && head.root == manifest.log_root, "恢复后的证据树与备份说明不符");
        platform::log::mark_restored(&config.data)?;
        println!("已恢复到 {}：证据 {} 条，根 {}", config.data.display(), head.size, head.root);
        println!("启动后先与见证方核对：见证方所持更新时保持只读，以免写出第二套历史");
        Ok(())
    }
}

fn is_empty(dir: &Path) -> Result<bool> {
    Ok(std::fs::read_dir(dir)?.next().is_none())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn digest_folder(root: &Path, dir: &Path, into: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
        if path.is_dir() {
            digest_folder(root, &path, into)?;
        } else if name != MANIFEST && !name.ends_with("-wal") && !name.ends_with("-shm") {
            into.insert(name, platform::files::digest(&std::fs::read(&path)?));
        }
    }
    Ok(())
}
