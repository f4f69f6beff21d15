//! A result as a dated file: what was measured, on which machine, with which command.
use anyhow::{Context, Result};
use platform::Source;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::process;

/// A result being written.
pub struct Report {
    name: &'static str,
    text: String,
    begun: Instant,
    busy: f64,
    own: f64,
}

impl Report {
    /// Begins a result: title, machine, command.
    pub fn begin(name: &'static str, title: &str) -> Result<Self> {
        let machine = Command::new("bench/machine").output().context("run this from the root of the repository")?;
        let now = Source::system().now().beijing();
        let command =
            std::iter::once("bench/run".to_owned()).chain(std::env::args().skip(1)).collect::<Vec<_>>().join(" ");
        let text = format!(
            "# {title}\n\n| | |\n| --- | --- |\n| date (Beijing) | {now} |\n| command | `{command}` |\n{}",
            String::from_utf8_lossy(&machine.stdout)
        );
        println!("== {title}");
        Ok(Self { name, text, begun: Instant::now(), busy: process::busy_seconds()?, own: process::own_seconds()? })
    }

    /// One more line.
    pub fn line(&mut self, line: impl AsRef<str>) {
        println!("{}", line.as_ref());
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// Writes the file.
    pub fn end(mut self) -> Result<()> {
        let seconds = self.begun.elapsed().as_secs_f64();
        let others = (process::busy_seconds()? - self.busy - (process::own_seconds()? - self.own)).max(0.0) / seconds;
        let load = std::fs::read_to_string("/proc/loadavg")?;
        let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        let _ = write!(
            self.text,
            "\nTook {seconds:.0} s. Load average at the end {load}; processes that have nothing to do with the \
             measurement used {others:.2} cores meanwhile.\n"
        );
        let day = Source::system().now().beijing().chars().take(10).collect::<String>();
        let folder = PathBuf::from("docs/results");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{day}-{}.md", self.name));
        std::fs::write(&path, self.text)?;
        println!("-> {}\n", path.display());
        Ok(())
    }
}
