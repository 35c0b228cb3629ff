// Says below a chart what the pointer or the finger is on: the words are those of
// the drawing's own titles.

export function readCharts(figure) {
  const readout = figure.querySelector("[data-readout]");
  const titled = new Map();
  const said = [];
  for (const title of figure.querySelectorAll(".hit > title")) {
    titled.set(title.parentElement, title.textContent);
    said.push(title.textContent);
    title.remove();
  }
  // The narrow drawing shows the last of what the wide one does, in the same order.
  const narrow = [...figure.querySelectorAll(".chart.narrow .hit")];
  narrow.forEach((hit, i) => titled.set(hit, said[said.length - narrow.length + i]));
  const show = (event) => {
    const hit = event.target.closest(".hit");
    if (hit && titled.has(hit)) readout.textContent = titled.get(hit);
  };
  figure.addEventListener("pointermove", show);
  figure.addEventListener("pointerdown", show);
  figure.addEventListener("pointerleave", () => {
    readout.textContent = "";
  });
}
