// Completes names while one types. Up and Down choose, Tab and Enter take what is
// chosen, Esc closes; without a choice every key does what it did before.

export function suggestNames(root) {
  const question = root.querySelector("[data-question]");
  const list = root.querySelector("[data-suggestions]");
  if (!question || !list) return;
  let names = [];
  let chosen = -1;
  let asked = 0;
  let waiting = 0;

  const close = () => {
    clearTimeout(waiting);
    asked += 1;
    names = [];
    chosen = -1;
    list.hidden = true;
    list.replaceChildren();
    question.removeAttribute("aria-activedescendant");
  };
  const choose = (at) => {
    chosen = at;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) question.removeAttribute("aria-activedescendant");
    else question.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const take = (at) => {
    const { name, replaces } = names[at];
    const caret = question.selectionStart;
    const before = [...question.value.slice(0, caret)];
    const start = before.slice(0, before.length - replaces).join("").length;
    question.setRangeText(name, start, caret, "end");
    close();
    question.focus();
  };
  const show = (found) => {
    names = found;
    list.replaceChildren(...found.map((suggestion, i) => {
      const item = document.createElement("li");
      item.id = `suggestion-${i}`;
      item.setAttribute("role", "option");
      const name = document.createElement("span");
      name.textContent = suggestion.name;
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = suggestion.kind;
      item.append(name, kind);
      // Before the focus leaves the box.
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(i);
      });
      return item;
    }));
    list.hidden = found.length === 0;
    choose(-1);
  };
  const look = async () => {
    const mine = (asked += 1);
    const typed = question.value.slice(0, question.selectionStart).slice(-200);
    try {
      const response = await fetch(`/suggest?${new URLSearchParams({ typed })}`);
      if (!response.ok) return;
      const found = await response.json();
      if (mine === asked) show(found);
    } catch {
      // Suggestions are a help, not a need.
    }
  };

  question.setAttribute("aria-autocomplete", "list");
  question.setAttribute("aria-controls", list.id);
  question.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.isComposing) return;
    waiting = setTimeout(look, 120);
  });
  question.addEventListener("blur", close);
  question.form.addEventListener("submit", close);
  question.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = names.length - 1;
    if (event.key === "ArrowDown") choose(chosen === last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen >= 0) take(chosen);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}
