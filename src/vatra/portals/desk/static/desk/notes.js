// What is typed into a note reaches the server within moments, as a draft that only its author sees. What could not be
// sent is kept on this computer, encrypted with a key that the server gives to this session alone.
"use strict";

(() => {
  const form = document.querySelector("form[data-note]");
  if (!form) return;
  const area = form.querySelector("textarea");
  const version = form.querySelector("[name=version]");
  const state = form.querySelector("[data-note-state]");
  const moved = form.querySelector("[data-note-moved]");
  const PLACE = `vatra.note.${form.dataset.note}`;
  const PAUSE = 1200; // after the last key
  const LONGEST = 5000; // of typing without a pause
  const LATEST = 8 * 3600 * 1000; // as long as a session lives

  // --- the copy on this computer: only where the page is secure ------------------------------------------------------
  const secure = Boolean(window.crypto?.subtle);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (data) => btoa(Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join(""));
  const key = secure && crypto.subtle
    .digest("SHA-256", new TextEncoder().encode(form.dataset.noteKey))
    .then((digest) => crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["encrypt", "decrypt"]));
  const forget = () => localStorage.removeItem(PLACE);
  const keep = async (typed) => {
    if (!secure) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(typed));
    localStorage.setItem(PLACE, JSON.stringify({ at: Date.now(), iv: text(iv), data: text(data) }));
  };
  const kept = async () => {
    const found = JSON.parse(localStorage.getItem(PLACE) || "null");
    if (!found || !secure) return null;
    try {
      if (Date.now() - found.at > LATEST) throw new Error("too old");
      return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(found.iv) }, await key, bytes(found.data)));
    } catch {
      forget(); // of another session, or spoilt: nobody can read it any more
      return null;
    }
  };

  // --- the draft on the server ---------------------------------------------------------------------------------------
  let sent = area.value;
  let sending = null;
  let waiting = 0;
  let typingSince = 0;
  let stopped = false; // another window was faster: nothing is written over

  const send = async () => {
    clearTimeout(waiting);
    waiting = typingSince = 0;
    if (stopped || sending || area.value === sent) return;
    const typed = area.value;
    await keep(typed);
    const body = new URLSearchParams({ text: typed, version: version.value, csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value });
    sending = fetch(form.dataset.noteDraft, { method: "POST", body, keepalive: typed.length < 15000 });
    try {
      const answer = await sending;
      const said = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
      if (answer.ok) {
        sent = typed;
        version.value = said.version;
        state.textContent = said.saved;
        if (area.value === typed) forget();
      } else if (answer.status === 409) {
        stopped = true;
        moved.textContent = `${said.moved} ${said.text}`;
        moved.hidden = false;
      } else {
        state.textContent = said.refused || state.dataset.offline;
      }
    } catch {
      state.textContent = state.dataset.offline;
      waiting = setTimeout(send, LONGEST);
    } finally {
      sending = null;
      if (!stopped && !waiting && area.value !== typed) later();
    }
  };
  const later = () => {
    clearTimeout(waiting);
    const now = Date.now();
    typingSince ||= now;
    waiting = setTimeout(send, Math.max(0, Math.min(PAUSE, typingSince + LONGEST - now)));
  };

  area.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
  window.addEventListener("pagehide", () => { send(); });
  form.addEventListener("submit", () => { clearTimeout(waiting); stopped = true; keep(area.value); });

  // --- a text that never reached the server --------------------------------------------------------------------------
  if ("noteDone" in form.dataset) forget();
  kept().then((found) => {
    if (!found || found === area.value) return forget();
    const note = form.querySelector("[data-note-found]");
    note.hidden = false;
    note.querySelector("[data-note-restore]").addEventListener("click", () => {
      area.value = found;
      note.hidden = true;
      later();
    });
  });
})();
