//! Connections: taken in up to a number, each with a time limit on the head of a request,
//! so that nobody holds a place by sending it a byte at a time; and let go at the end.
//! HTTP/1.1 alone. It knows nothing of routes.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Longest head of a request, in bytes: the line, the headers.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Longest wait, at the end, for requests that are being answered.
const END_WAIT: Duration = Duration::from_secs(30);
/// Pause after the system could not take in a connection, such as for want of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Serves until `stop` is ready. `connections_max`: others wait; `head_time_max`: for
/// the head of a request, also of the next one on the same connection.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    head_time_max: Duration,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(connections_max));
    let (stopping, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        while open.try_join_next().is_some() {}
        let connection = connection(stream, peer, router.clone(), head_time_max, stopped.clone());
        open.spawn(async move {
            let _place = place;
            connection.await;
        });
    }
    drop(listener);
    let _ = stopping.send(true);
    let ended = async { while open.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(END_WAIT, ended).await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(e) if is_of_one_connection(&e) => {}
            Err(error) => {
                tracing::error!("a connection could not be taken in: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers what comes over one connection.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    head_time_max: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    let service = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_time_max).max_buf_size(HEAD_BYTES_MAX);
    let served = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut served = pin!(served);
    tokio::select! {
        // Whoever hangs up, or is too slow, is no failure of ours.
        _ = served.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}
