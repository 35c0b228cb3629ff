// Everything here is on top of pages that work without it.
import { askWithProgress } from "./ask.js";
import { linkReading } from "./reading.js";
import { backtestWithProgress } from "./accuracy.js";
import { importWithProgress } from "./data.js";
import { suggestNames } from "./suggest.js";
import { readCharts } from "./charts.js";
import { findWhileTyping } from "./find.js";

// Before the asking: a key that picks a name does not ask.
suggestNames(document);
askWithProgress(document);
backtestWithProgress(document);
importWithProgress(document);
findWhileTyping(document);
for (const block of document.querySelectorAll("[data-reading]")) linkReading(block);
for (const figure of document.querySelectorAll("[data-chart]")) readCharts(figure);
// What is still being worked out is looked at again, unless somebody is at work here.
if (document.querySelector("[data-again]")) {
  setInterval(() => {
    const box = document.querySelector("[data-question]");
    if (document.activeElement === document.body && !(box && box.value)) window.location.reload();
  }, 1500);
}
