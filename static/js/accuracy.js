// Makes the track record with progress.
import { send } from "./form.js";
import { taskForm } from "./task.js";

export function backtestWithProgress(root) {
  taskForm(root.querySelector("form[data-backtest]"), async () => {
    const response = await send("/accuracy/start");
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  });
}
