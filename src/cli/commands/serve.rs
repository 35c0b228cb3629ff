//! The server.

use std::sync::Arc;

use anyhow::Context as _;

use super::{Ended, open, settings};
use crate::app::identity::Accounts;
use crate::app::live::{self, Live};
use crate::cli::Outcome;
use crate::cli::arguments::{Arguments, Serve};
use crate::state;
use crate::web;

pub async fn serve(arguments: &Arguments, serve: Serve) -> Ended {
    let settings = settings(arguments)?;
    // Before anything is made in a folder that holds no data.
    state::is_demo(&settings).map_err(anyhow::Error::from)?;
    let accounts = Accounts::open(&settings).await?;
    let listener = web::bind(serve.listen, &accounts).await.map_err(anyhow::Error::from)?;
    let address = listener.local_addr().context("the listener has no address")?;
    let state = open(arguments).await?;
    eprintln!("Spiffcast is ready: http://{address}/   (Ctrl-C stops it)");
    if !accounts.is_demo() && !accounts.has_users().await? {
        eprintln!("Nobody can sign in yet: spiffcast user add LOGIN --role manager");
    }
    let shutdown = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let work = Arc::clone(&state.work);
    live::in_background(&state);
    let live = Arc::new(Live::new(state));
    if let Err(error) = live.write_approved().await {
        tracing::error!(%error, "the files of approved drafts could not be looked after");
    }
    let options = web::Options {
        intake: Some(live.clone()),
        approvals: Some(live.clone()),
        requests_per_minute: Some(accounts.access().requests_per_minute),
        ..web::Options::default()
    };
    web::serve(listener, live, accounts, options, shutdown).await.context("the server stopped")?;
    work.stop_background();
    Ok(Outcome::Done)
}
