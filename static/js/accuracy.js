// Makes the track record with progress. Without an EventSource the plain form waits
// and comes back to the page.

export function backtestWithProgress(root) {
  const form = root.querySelector("form[data-backtest]");
  if (!form || !window.EventSource) return;
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const stage = progress.querySelector("[data-stage]");
  const problem = form.querySelector("[data-problem]");
  const submit = form.querySelector("button[type=submit]");
  let job = null;

  const stop = () => {
    if (job && job.events) job.events.close();
    job = null;
    progress.hidden = true;
    submit.disabled = false;
  };
  const fail = (text) => {
    stop();
    problem.textContent = text;
    problem.hidden = false;
  };
  form.querySelector("[data-cancel]").addEventListener("click", () => {
    if (job && job.cancel) fetch(job.cancel, { method: "POST" }).catch(() => {});
    stop();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (job) return;
    const mine = (job = {});
    problem.hidden = true;
    submit.disabled = true;
    progress.hidden = false;
    stage.textContent = "Beginning";
    bar.value = 0;
    try {
      const response = await fetch("/accuracy/start", { method: "POST" });
      if (!response.ok) throw new Error(String(response.status));
      const started = await response.json();
      if (job !== mine) {
        fetch(started.cancel, { method: "POST" }).catch(() => {});
        return;
      }
      mine.cancel = started.cancel;
      mine.events = new EventSource(started.events);
    } catch {
      if (job === mine) fail("This could not be begun. Is Spiffcast still running? Try again in a few seconds.");
      return;
    }
    mine.events.addEventListener("progress", (message) => {
      const step = JSON.parse(message.data);
      if (stage.textContent !== step.text) stage.textContent = step.text;
      bar.value = step.total;
    });
    mine.events.addEventListener("done", (message) => {
      mine.events.close();
      window.location.assign(JSON.parse(message.data).location);
    });
    mine.events.addEventListener("failed", (message) => {
      const failure = JSON.parse(message.data);
      fail([failure.title, failure.detail].filter(Boolean).join(" "));
    });
    mine.events.addEventListener("cancelled", stop);
    mine.events.onerror = () => {
      if (job === mine && mine.events.readyState === EventSource.CLOSED) fail("The connection broke off. Try again.");
    };
  });
}
