//! A program of this machine: the message on its standard input, one JSON line back.
use super::webhook::MAX_ANSWER;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Runs the program once and returns its receipt. It gets no environment but the search path, so
/// that no secret of the node leaks into it.
pub(crate) async fn send(command: &[String], id: &str, message: Vec<u8>) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("没有写程序")?;
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("ANLAN_ID", id)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("程序 {program} 无法启动（{e}）"))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        let write = async {
            if let Some(mut stdin) = stdin {
                // A program that does not read its input may still succeed.
                let _ = stdin.write_all(&message).await;
            }
        };
        let ((), answer, complaint) = tokio::join!(write, read(stdout), read(stderr));
        (child.wait().await, answer, complaint)
    };
    let ended = tokio::time::timeout(TIME_LIMIT, work).await;
    let (status, answer, complaint) = ended.map_err(|_| "程序 10 秒内没有结束".to_owned())?;
    let status = status.map_err(|e| e.to_string())?;
    if !status.success() {
        let text: String = String::from_utf8_lossy(&complaint).trim().chars().take(300).collect();
        return Err(format!("程序失败（{status}）：{text}"));
    }
    receipt(&answer)
}

/// Reads no more than a receipt may hold; what follows is left unread.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = vec![];
    if let Some(pipe) = pipe {
        let _ = pipe.take(MAX_ANSWER as u64 + 1).read_to_end(&mut bytes).await;
    }
    bytes
}

fn receipt(answer: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(answer).map_err(|_| "程序的输出不是 UTF-8".to_owned())?.trim();
    if text.len() > MAX_ANSWER || text.contains('\n') {
        return Err("程序应只输出一行 JSON，不超过 64 KiB".to_owned());
    }
    let json: serde_json::Value = serde_json::from_str(text).map_err(|e| format!("程序的输出不是 JSON（{e}）"))?;
    Ok(json.to_string())
}
