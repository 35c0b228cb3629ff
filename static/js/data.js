// Sends files with progress: first the way here, then the work on them.
import { token } from "./form.js";
import { taskForm } from "./task.js";

export function importWithProgress(root) {
  const form = root.querySelector("form[data-import]");
  // XMLHttpRequest, because fetch does not say how much of a body is on its way.
  taskForm(form, (show) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("x-form-token", token);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) show("Sending the files", event.loaded / event.total);
    };
    request.onerror = () => reject(new Error("unreachable"));
    request.onload = () => {
      const reply = request.response;
      if (request.status === 200 && reply) return resolve(reply);
      const error = new Error(String(request.status));
      if (reply && reply.detail) error.told = `${reply.title}: ${reply.detail}`;
      return reject(error);
    };
    request.send(new FormData(form));
  }));
}
