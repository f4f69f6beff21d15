//! Processes under measurement: started here, stopped by their own id, and what they use.
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long a process may take to say what is waited for; the first start loads a whole county.
const PATIENCE: Duration = Duration::from_mins(10);

/// A process that is stopped when it is dropped.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts a program; what it says on stderr goes to `log`.
    pub fn start(program: &Path, args: &[&str], log: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("no output")?;
        Ok(Self { child, input, output: BufReader::new(output).lines() })
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// Reads its output up to the first line with `mark`; answers the lines read.
    pub async fn read_to(&mut self, mark: &str) -> Result<Vec<String>> {
        let mut lines = vec![];
        let reading = async {
            while let Some(line) = self.output.next_line().await? {
                let found = line.contains(mark);
                lines.push(line);
                if found {
                    return Ok(());
                }
            }
            anyhow::bail!("the process ended before it said “{mark}”")
        };
        tokio::time::timeout(PATIENCE, reading).await.with_context(|| format!("the process never said “{mark}”"))??;
        Ok(lines)
    }

    /// Sends a line and reads a line.
    pub async fn ask(&mut self, question: &str) -> Result<String> {
        let input = self.input.as_mut().context("its input is closed")?;
        input.write_all(format!("{question}\n").as_bytes()).await?;
        input.flush().await?;
        self.read_to("").await?.pop().context("no answer")
    }

    /// Keeps reading what it prints, so that it never waits for a full pipe.
    pub fn ignore_output(self) -> Silent {
        let Self { child, mut output, input } = self;
        let reading = tokio::spawn(async move { while let Ok(Some(_)) = output.next_line().await {} });
        Silent { child, reading, _input: input }
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        terminate(&mut self.child).await
    }

    /// Closes its input, at which it ends, and waits for that.
    pub async fn finish(mut self) -> Result<()> {
        drop(self.input.take());
        tokio::time::timeout(Duration::from_mins(1), self.child.wait()).await.context("it does not end")??;
        Ok(())
    }
}

/// A process whose output nobody needs.
pub struct Silent {
    child: Child,
    reading: tokio::task::JoinHandle<()>,
    _input: Option<ChildStdin>,
}

impl Silent {
    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }
    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        self.reading.abort();
        terminate(&mut self.child).await
    }
    /// Ends it at once, as a crash would.
    pub async fn kill(mut self) -> Result<()> {
        self.reading.abort();
        self.child.kill().await?;
        Ok(())
    }
}

async fn terminate(child: &mut Child) -> Result<()> {
    let id = child.id().context("the process has ended already")?.to_string();
    Command::new("kill").args(["-TERM", &id]).status().await?;
    tokio::time::timeout(Duration::from_mins(1), child.wait()).await.context("it does not end")??;
    Ok(())
}

/// Resident memory of a process and the most it ever had, in MB (10⁶ bytes).
pub fn memory(id: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let mb = |name| field(name).map(|kib| kib * 1_024.0 / 1e6).with_context(|| format!("no {name}"));
    Ok((mb("VmRSS:")?, mb("VmHWM:")?))
}

/// Numbers of `/proc/<id>/stat` after the name: parent, then from the eleventh on the CPU of the
/// process and of its ended children, in hundredths of a second.
fn stat(id: u32) -> Result<Vec<f64>> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name in parentheses may hold blanks; the fields after it do not.
    let (_, fields) = stat.rsplit_once(')').context("no fields")?;
    Ok(fields.split_whitespace().map(|f| f.parse().unwrap_or(0.0)).collect())
}

/// Seconds of CPU a process has used.
pub fn cpu_seconds(id: u32) -> Result<f64> {
    Ok(stat(id)?.iter().skip(11).take(2).sum::<f64>() / 100.0)
}

/// Seconds of CPU this process and all it has started have used, those that ended included.
pub fn own_seconds() -> Result<f64> {
    let ids = fs::read_dir("/proc")?.flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    // A process may end while it is looked at.
    let all: Vec<(u32, Vec<f64>)> = ids.filter_map(|id| Some((id, stat(id).ok()?))).collect();
    let mut family = vec![std::process::id()];
    let mut seconds = 0.0;
    while let Some(id) = family.pop() {
        let own =
            all.iter().find(|(known, _)| *known == id).map(|(_, fields)| fields.iter().skip(11).take(4).sum::<f64>());
        seconds += own.unwrap_or(0.0) / 100.0;
        family.extend(all.iter().filter(|(_, fields)| fields.get(1) == Some(&f64::from(id))).map(|(child, _)| *child));
    }
    Ok(seconds)
}

/// Seconds of CPU that all processes together have used since the machine started.
pub fn busy_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let fields: Vec<f64> =
        stat.lines().next().unwrap_or_default().split_whitespace().skip(1).filter_map(|f| f.parse().ok()).collect();
    // user, nice, system, then idle and iowait, then irq, softirq, steal.
    let busy: f64 = fields.iter().take(3).chain(fields.iter().skip(5).take(3)).sum();
    Ok(busy / 100.0)
}
