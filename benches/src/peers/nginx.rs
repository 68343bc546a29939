//! nginx with `limit_req`, keyed by the address that the load balancer in front tells.

use std::{path::Path, process::Command};

use super::{BODY, Doors, write_config};

/// The command that starts it in the foreground, one process.
pub(super) fn command(program: &Path, folder: &Path, doors: Doors) -> anyhow::Result<Command> {
    let config = write_config(folder, "nginx.conf", &config(doors))?;
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).arg("-c").arg(config);
    Ok(command)
}

fn config(Doors { open, limited, spent }: Doors) -> String {
    let body = "x".repeat(BODY);
    format!(
        "daemon off;
         master_process off;
         pid nginx.pid;
         error_log stderr crit;
         events {{ worker_connections 1024; }}
         http {{
           access_log off;
           keepalive_requests 1000000000;
           client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
           large_client_header_buffers 4 16k;
           default_type text/plain;
           limit_req_zone $http_x_forwarded_for zone=wide:128m rate=10000r/s;
           limit_req_zone $server_port zone=narrow:1m rate=1r/m;
           limit_req_status 429;
           server {{ listen {open}; location / {{ return 200 {body}; }} }}
           server {{ listen {limited}; limit_req zone=wide burst=1000 nodelay; location / {{ try_files /none @answer; }} location @answer {{ return 200 {body}; }} }}
           server {{ listen {spent}; limit_req zone=narrow; location / {{ try_files /none @answer; }} location @answer {{ return 200 {body}; }} }}
         }}"
    )
}
