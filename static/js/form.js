// What the forms of this session carry: without it the server changes nothing.

export const token = document.querySelector('meta[name="form-token"]')?.content ?? "";

// Sends a form's fields, or nothing. Whose session is over is led to the sign-in, and
// from there back to this page.
export async function send(address, fields) {
  const response = await fetch(address, { method: "POST", body: fields, headers: { "x-form-token": token } });
  if (response.redirected && new URL(response.url).pathname === "/sign-in") {
    const here = window.location.pathname + window.location.search;
    window.location.assign("/sign-in?next=" + encodeURIComponent(here));
    throw new Error("signed out");
  }
  return response;
}
