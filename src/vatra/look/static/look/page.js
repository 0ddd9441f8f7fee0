// Conveniences only: every page works without this file.
"use strict";

(() => {
  // --- hide the screen from whoever stands beside it: F8, or the button -------------------------------------------
  const sheet = document.querySelector("[data-blank-sheet]");
  const title = document.title;
  const hide = () => {
    if (sheet.open) return;
    document.title = "Vatra";
    sheet.showModal();
  };
  if (sheet) {
    for (const button of document.querySelectorAll("[data-blank]")) {
      button.hidden = false;
      button.addEventListener("click", hide);
    }
    sheet.addEventListener("close", () => { document.title = title; sessionStorage.removeItem("blank"); });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "F8" || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (sheet.open) sheet.close();
      else { sessionStorage.setItem("blank", "1"); hide(); }
    });
    if (sessionStorage.getItem("blank")) hide(); // it stays hidden when the page is loaded again
  }

  // --- "/" goes to the search box, unless something is being typed or single keys are turned off on this computer ---
  const keys = document.querySelector("[data-single-keys]");
  const single = () => localStorage.getItem("single-keys") !== "off";
  if (keys) {
    const say = () => { keys.setAttribute("aria-pressed", String(single())); };
    keys.hidden = false;
    keys.addEventListener("click", () => { localStorage.setItem("single-keys", single() ? "off" : "on"); say(); });
    say();
  }
  const typing = (element) => element.matches("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !single() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const box = document.querySelector("[data-slash]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  // --- arrows walk through a list of links: [data-arrows], and from the search box into its hits -------------------
  const shown = (list) => [...list.querySelectorAll("a[href]")].filter((link) => link.offsetParent);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const inBox = event.target.matches("[data-slash]");
    const list = inBox ? document.getElementById("hits") : event.target.closest("[data-arrows], #hits");
    if (!list || (typing(event.target) && !inBox)) return;
    const links = shown(list);
    if (!links.length) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    if (next < 0) document.querySelector("[data-slash]")?.focus();
    else links[Math.min(next, links.length - 1)].focus();
  });
  let kept = -1; // later hits may replace earlier ones under the reader's finger
  document.addEventListener("htmx:beforeSwap", (event) => {
    kept = event.target.id === "hits" ? shown(event.target).indexOf(document.activeElement) : -1;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "hits" || kept < 0) return;
    const links = shown(event.target);
    (links[Math.min(kept, links.length - 1)] || document.querySelector("[data-slash]"))?.focus();
    kept = -1;
  });
  document.addEventListener("keydown", (event) => {
    const box = document.querySelector(".bar .find-hits");
    if (event.key === "Escape" && box && box.childElementCount) {
      box.replaceChildren();
      document.querySelector("[data-slash]")?.focus();
    }
  });

  // --- a select that answers at once sends its form; without this file its button does -----------------------------
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form) form.requestSubmit();
  });

  // --- a form that comes back with further questions never takes away what was answered meanwhile: an answer on its
  // way is given up as soon as something is typed, and asked for again with everything ------------------------------
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep-typing]");
    if (form) window.htmx?.trigger(form, "htmx:abort");
  });

  // --- a part that could not be fetched says so where it would have stood -----------------------------------------
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(kind, () => {
      const note = document.querySelector("[data-not-sent]");
      if (note) { note.hidden = false; note.scrollIntoView({ block: "nearest" }); }
    });
  }
  document.addEventListener("htmx:afterSwap", () => {
    const note = document.querySelector("[data-not-sent]");
    if (note) note.hidden = true;
  });

  // --- print ---------------------------------------------------------------------------------------------------------
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // --- errors gathered on top take the focus, so that they are read first ------------------------------------------
  document.querySelector(".errors[tabindex]")?.focus();
})();
