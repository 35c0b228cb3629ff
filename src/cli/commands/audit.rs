//! The audit trail from the terminal: verified, its head and its rows taken away. What
//! was asked for goes to standard output.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::{Ended, Failure, settings};
use crate::app::audit::{self, AuditError, Trail};
use crate::cli::Outcome;
use crate::cli::arguments::{Arguments, Audit};

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        let outcome = match &error {
            AuditError::NoTrail(_) => Outcome::NotFound,
            _ => Outcome::Broken,
        };
        Self { error: error.into(), outcome }
    }
}

/// Runs `audit …`.
pub async fn audit(arguments: &Arguments, command: Audit) -> Ended {
    match command {
        Audit::Verify { head } => verify(arguments, head.as_deref()).await,
        Audit::Head => {
            let head = Trail::open(&settings(arguments)?).await?.head().await?;
            print(&head.to_string());
            Ok(Outcome::Done)
        }
        Audit::Export { out } => export(arguments, out.as_deref()).await,
    }
}

async fn verify(arguments: &Arguments, head: Option<&Path>) -> Ended {
    let kept = head.map(audit::read_head).transpose()?;
    let found = Trail::open(&settings(arguments)?).await?.verify(kept.as_ref()).await?;
    if let Some((row, wrong)) = found.broken {
        eprintln!("The audit trail is not as it was written. Row {row}: {wrong}.");
        return Ok(Outcome::Broken);
    }
    print(&match kept {
        Some(kept) => {
            format!("{} rows, all as they were written; head {} is among them.", found.head.seq, kept.seq)
        }
        None => format!(
            "{} rows, all as they were written. Whether rows are missing at the end, a head that was kept \
             elsewhere tells: spiffcast audit verify --head FILE",
            found.head.seq
        ),
    });
    Ok(Outcome::Done)
}

async fn export(arguments: &Arguments, out: Option<&Path>) -> Ended {
    let trail = Trail::open(&settings(arguments)?).await?;
    let rows = match out {
        Some(file) => trail.export(&mut BufWriter::new(audit::new_file(file)?)).await?,
        None => match trail.export(&mut BufWriter::new(std::io::stdout())).await {
            // A reader that closed the pipe has read enough.
            Err(AuditError::Io(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Outcome::Done),
            ended => ended?,
        },
    };
    eprintln!("{rows} rows.");
    Ok(Outcome::Done)
}

fn print(line: &str) {
    // A reader that closed the pipe has read enough.
    let _ = writeln!(std::io::stdout(), "{line}");
}
