// Shows partners while one types their name: the list of the page that the form leads to.

export function findWhileTyping(root) {
  const form = root.querySelector("form[data-find]");
  const found = root.querySelector("[data-found]");
  if (!form || !found) return;
  const box = form.elements.find;
  let asked = 0;
  let waiting = 0;
  const look = async () => {
    const mine = (asked += 1);
    try {
      // The only one left is a step away: the form leads there, not the typing.
      const address = `${form.action}?${new URLSearchParams({ find: box.value })}`;
      const response = await fetch(address, { redirect: "manual" });
      if (!response.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const list = page.querySelector("[data-found]");
      if (list && mine === asked) found.replaceChildren(...list.childNodes);
    } catch {
      // The list is a help, not a need.
    }
  };
  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(look, 150);
  });
}
