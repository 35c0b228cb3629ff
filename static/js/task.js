// A form that begins a long task: shows its stages while it is at work and goes where
// its outcome is shown. `begin` sends the form and gives what the server said of the
// task, or throws an error whose message is for people. Without an EventSource the
// plain form waits.

import { send } from "./form.js";

export function taskForm(form, begin) {
  if (!form || !window.EventSource) return;
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const stage = progress.querySelector("[data-stage]");
  const problem = form.querySelector("[data-problem]");
  const submit = form.querySelector("button[type=submit]");
  let task = null;

  const cancel = (begun) => {
    if (begun && begun.cancel) send(begun.cancel).catch(() => {});
  };
  const stop = () => {
    if (task && task.events) task.events.close();
    task = null;
    progress.hidden = true;
    submit.disabled = false;
  };
  const fail = (text) => {
    stop();
    problem.textContent = text;
    problem.hidden = false;
  };
  const show = (text, done) => {
    if (stage.textContent !== text) stage.textContent = text;
    bar.value = done;
  };
  form.querySelector("[data-cancel]")?.addEventListener("click", () => {
    cancel(task);
    stop();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (task) return;
    const mine = (task = {});
    problem.hidden = true;
    submit.disabled = true;
    progress.hidden = false;
    show("Beginning", 0);
    try {
      const begun = await begin(show);
      if (task !== mine) {
        cancel(begun);
        return;
      }
      mine.cancel = begun.cancel;
      mine.events = new EventSource(begun.events);
    } catch (error) {
      if (task === mine) fail(error.told || "This could not be begun. Is Spiffcast still running? Try again in a few seconds.");
      return;
    }
    mine.events.addEventListener("progress", (message) => {
      const step = JSON.parse(message.data);
      show(step.text, step.total);
    });
    mine.events.addEventListener("done", (message) => {
      mine.events.close();
      const { location } = JSON.parse(message.data);
      // The same page with another anchor would not be fetched again.
      if (new URL(location, window.location).pathname === window.location.pathname) {
        window.history.replaceState(null, "", location);
        window.location.reload();
      } else {
        window.location.assign(location);
      }
    });
    mine.events.addEventListener("failed", (message) => {
      const failure = JSON.parse(message.data);
      fail([failure.title, failure.detail].filter(Boolean).join(": "));
    });
    mine.events.addEventListener("cancelled", stop);
    mine.events.onerror = () => {
      if (task === mine && mine.events.readyState === EventSource.CLOSED) fail("The connection broke off. Try again.");
    };
  });
}
