//! HAProxy with a stick table, keyed by the address that the load balancer in front tells.

use std::{path::Path, process::Command};

use super::{BODY, Doors, write_config};

/// The command that starts it in the foreground, one thread.
pub(super) fn command(program: &Path, folder: &Path, doors: Doors) -> anyhow::Result<Command> {
    let config = write_config(folder, "haproxy.cfg", &config(doors))?;
    let mut command = Command::new(program);
    command.arg("-db").arg("-f").arg(config);
    Ok(command)
}

fn config(Doors { open, limited, spent }: Doors) -> String {
    let answer = format!(
        "http-request return status 200 content-type text/plain string {}",
        "x".repeat(BODY)
    );
    let track = "http-request track-sc0 hdr_ip(x-forwarded-for)";
    format!(
        "global
  nbthread 1
defaults
  mode http
  timeout client 1m
  timeout http-keep-alive 1m
frontend open
  bind {open}
  {answer}
frontend limited
  bind {limited}
  stick-table type ip size 1m expire 10m store http_req_rate(10s)
  {track}
  http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt 1000000 }}
  {answer}
frontend spent
  bind {spent}
  stick-table type ip size 1m expire 1h store http_req_rate(1h)
  {track}
  http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt 1 }}
  {answer}
"
    )
}
