// Makes the track record with progress.
import { taskForm } from "./task.js";

export function backtestWithProgress(root) {
  taskForm(root.querySelector("form[data-backtest]"), async () => {
    const response = await fetch("/accuracy/start", { method: "POST" });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  });
}
