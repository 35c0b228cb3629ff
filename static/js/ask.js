// Asks with progress: a job is begun, its events are shown, and the browser goes
// where the last one says. Without an EventSource the plain form does the same.

import { send } from "./form.js";

export function askWithProgress(root) {
  const box = root.querySelector("form[data-ask]");
  if (!box) return;
  const question = box.querySelector("[data-question]");

  document.addEventListener("keydown", (event) => {
    const writing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      question.focus();
      question.select();
    }
  });
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      box.requestSubmit();
    }
  });
  if (!window.EventSource) return;

  const run = runner(box);
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    run(new FormData(box));
  });
  for (const form of root.querySelectorAll("form[data-example], form[data-clarify], form[data-correct], form[data-run]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = new FormData(form, event.submitter);
      if (fields.has("question")) question.value = fields.get("question");
      run(fields, form.querySelector("[data-problem]"));
      box.scrollIntoView({ block: "nearest" });
    });
  }
}

function runner(box) {
  const progress = box.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const stage = progress.querySelector("[data-stage]");
  const cancel = progress.querySelector("[data-cancel]");
  const ownProblem = box.querySelector("[data-problem]");
  const submit = box.querySelector("button[type=submit]");
  let problem = ownProblem;
  let job = null;

  const show = (text, total) => {
    if (stage.textContent !== text) stage.textContent = text;
    bar.value = total;
  };
  const stop = () => {
    if (job && job.events) job.events.close();
    job = null;
    progress.hidden = true;
    submit.disabled = false;
  };
  const fail = (data) => {
    stop();
    problem.replaceChildren();
    for (const line of [data.title, data.detail, ...(data.findings || [])]) {
      if (!line) continue;
      const p = document.createElement("p");
      p.textContent = line;
      problem.append(p);
    }
    problem.hidden = false;
    // What was refused is corrected where it was typed.
    const form = problem.closest("form");
    if (!form.contains(document.activeElement)) form.querySelector("[data-question], input:not([type=hidden]), select").focus();
    problem.scrollIntoView({ block: "nearest" });
  };
  const giveUp = () => {
    if (!job) return;
    if (job.cancel) send(job.cancel).catch(() => {});
    stop();
    box.querySelector("[data-question]").focus();
  };
  cancel.addEventListener("click", giveUp);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && job) giveUp();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stop();
  });

  return async function run(fields, place) {
    if (job) return;
    const mine = (job = {});
    problem.hidden = true;
    problem = place || ownProblem;
    problem.hidden = true;
    submit.disabled = true;
    progress.hidden = false;
    show("Asking", 0);
    try {
      const response = await send("/ask/start", new URLSearchParams(fields));
      if (!response.ok) throw new Error(String(response.status));
      const started = await response.json();
      if (job !== mine) {
        send(started.cancel).catch(() => {});
        return;
      }
      mine.cancel = started.cancel;
      mine.events = new EventSource(started.events);
    } catch {
      if (job === mine) fail({ title: "The question could not be sent.", detail: "Is Spiffcast still running? Try again in a few seconds." });
      return;
    }
    mine.events.addEventListener("progress", (event) => {
      const step = JSON.parse(event.data);
      show(step.text, step.total);
    });
    mine.events.addEventListener("done", (event) => {
      show("Done", 1);
      mine.events.close();
      window.location.assign(JSON.parse(event.data).location);
    });
    mine.events.addEventListener("failed", (event) => fail(JSON.parse(event.data)));
    mine.events.addEventListener("cancelled", stop);
    mine.events.onerror = () => {
      if (job === mine && mine.events.readyState === EventSource.CLOSED) {
        fail({ title: "The connection broke off.", detail: "Ask again." });
      }
    };
  };
}
