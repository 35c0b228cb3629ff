// Words of the question and the fields they became light up together.

export function linkReading(block) {
  const words = [...block.querySelectorAll("[data-fields]")];
  const fields = [...block.querySelectorAll("[data-field]")];
  const light = (numbers) => {
    for (const field of fields) field.classList.toggle("on", numbers.includes(field.dataset.field));
    for (const word of words) {
      word.classList.toggle("on", word.dataset.fields.split(" ").some((n) => numbers.includes(n)));
    }
  };
  for (const word of words) {
    for (const name of ["pointerenter", "focus"]) word.addEventListener(name, () => light(word.dataset.fields.split(" ")));
    for (const name of ["pointerleave", "blur"]) word.addEventListener(name, () => light([]));
  }
  for (const field of fields) {
    for (const name of ["pointerenter", "focusin"]) field.addEventListener(name, () => light([field.dataset.field]));
    for (const name of ["pointerleave", "focusout"]) field.addEventListener(name, () => light([]));
  }
}
