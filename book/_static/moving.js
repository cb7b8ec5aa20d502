/* Explorers in the book: sliders that change one stored picture for another. No network, no kernel. */

(function () {
  "use strict";

  const shown = (value) => (typeof value === "number" ? String(Number(value.toFixed(4))) : value);

  function control(knob, onChange) {
    const label = document.createElement("label");
    const title = knob.name.replaceAll("_", " ");
    label.append(title + " ");
    const numbers = knob.values.every((value) => typeof value === "number");
    const input = document.createElement(numbers ? "input" : "select");
    const output = document.createElement("output");
    if (numbers) {
      Object.assign(input, { type: "range", min: 0, max: knob.values.length - 1, step: 1 });
    } else {
      knob.values.forEach((value, k) => input.append(new Option(value, k)));
    }
    input.value = knob.start;
    const tell = () => {
      const value = shown(knob.values[input.value]);
      if (numbers) {
        output.textContent = value;
        input.setAttribute("aria-valuetext", value);
      }
      return `${title} = ${value}`;
    };
    tell();
    input.addEventListener("input", () => onChange(input));
    label.append(input);
    if (numbers) label.append(output);
    return { label, input, tell, start: String(knob.start) };
  }

  function awaken(figure) {
    const { knobs, grid, files, folder } = JSON.parse(figure.dataset.frames);
    const picture = figure.querySelector("img");
    const first = picture.alt;
    const controls = knobs.map((knob) => control(knob, move));

    function move(moved) {
      if (!grid) {
        for (const other of controls) if (other.input !== moved) other.input.value = other.start;
      }
      const words = controls.map((one) => one.tell());
      const file = files[controls.map((one) => one.input.value).join(",")];
      figure.classList.toggle("missing", !file);
      if (!file) return;
      picture.src = folder + file;
      picture.alt = `${words.join(", ")}. At the start: ${first}`;
    }

    let loaded = false;
    const load = () => {
      if (!loaded) for (const file of Object.values(files)) new Image().src = folder + file;
      loaded = true;
    };
    const place = figure.querySelector(".knobs");
    controls.forEach((one) => place.append(one.label));
    if (!grid && knobs.length > 1) {
      const note = document.createElement("small");
      note.textContent = "One at a time here; in JupyterLab all of them move.";
      place.append(note);
    }
    place.addEventListener("pointerenter", load);
    place.addEventListener("focusin", load);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("figure.explorer").forEach(awaken);
  });
})();
