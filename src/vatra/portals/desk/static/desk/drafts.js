// A power cut must not cost a family's story: what is typed on a form with data-draft is kept on this computer,
// encrypted with a key that the server gives to this session alone. Whoever signs in next cannot read it.
"use strict";

(() => {
  const PLACE = "vatra.draft";
  const LATEST = 8 * 3600 * 1000; // as long as a session lives
  const done = document.querySelector("[data-draft-done]");
  const form = document.querySelector("form[data-draft]");
  if (done) localStorage.removeItem(PLACE);
  if (!form || !window.crypto?.subtle) return; // without a secure page nothing is kept at all

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (data) => btoa(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join(""));
  const key = crypto.subtle
    .digest("SHA-256", new TextEncoder().encode(form.dataset.draftKey))
    .then((digest) => crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["encrypt", "decrypt"]));

  const typed = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "do");
  const said = (pairs) => pairs.some(([name, value]) => value && /-(given|family|whole|born|number|phone|line|reason)$/.test(name));

  const keep = async () => {
    const pairs = typed();
    if (!said(pairs)) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(JSON.stringify(pairs)));
    localStorage.setItem(PLACE, JSON.stringify({ at: Date.now(), iv: text(iv), data: text(data) }));
    show();
  };
  const forget = () => {
    clearTimeout(waiting);
    localStorage.removeItem(PLACE);
  };
  const kept = async () => {
    const found = JSON.parse(localStorage.getItem(PLACE) || "null");
    if (!found) return null;
    try {
      if (Date.now() - found.at > LATEST) throw new Error("too old");
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(found.iv) }, await key, bytes(found.data));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      forget(); // of another session, or spoilt: nobody can read it any more
      return null;
    }
  };
  const show = () => {
    for (const part of document.querySelectorAll("[data-draft-note], [data-draft-drop]")) part.hidden = false;
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 400);
  });

  const found = document.querySelector("[data-draft-found]");
  if ("draftSent" in form.dataset) keep();
  else kept().then((pairs) => { if (pairs && found) found.hidden = false; });

  // the server draws the page again with everything that was typed, however many members there were
  found?.querySelector("[data-draft-continue]").addEventListener("click", async () => {
    const pairs = await kept();
    if (!pairs) return;
    const again = form.cloneNode(false);
    again.replaceChildren(form.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    for (const [name, value] of [...pairs, ["do", "look"]]) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      again.append(input);
    }
    document.body.append(again);
    again.submit();
  });
  for (const button of document.querySelectorAll("[data-draft-drop], [data-draft-discard]")) {
    button.addEventListener("click", () => {
      forget();
      location.assign(form.getAttribute("action"));
    });
  }
})();
