// The page is whole without this. It keeps the page current, filters the table, shows one node in all pictures at
// once, and answers the trace box in place. What comes is HTML that felt-web has made and escaped; no script in it runs.
"use strict";
(() => {
  const byID = (id) => document.getElementById(id);
  const sections = ["summary", "map", "pool", "nodes", "events"];
  const live = byID("live");
  let source = null;
  let retry = 0;
  let chosen = null;

  function say(state, text) {
    live.hidden = false;
    live.className = "live " + state;
    live.textContent = text;
  }

  function show(section, html) {
    const place = byID(section);
    // Whoever selects text in it wants to copy it.
    const selection = getSelection();
    if (section !== "summary" && !selection.isCollapsed && place.contains(selection.anchorNode)) return;
    const scroll = place.scrollTop;
    place.innerHTML = html;
    place.scrollTop = scroll;
    if (section === "nodes") filter();
    if (chosen) mark(chosen, true);
    if (section === "summary") {
      const old = place.querySelector(".banner") !== null && place.querySelector(".pill.alive") === null;
      for (const other of ["map", "pool", "nodes"]) byID(other).classList.toggle("old", old);
    }
  }

  function follow() {
    clearTimeout(retry);
    if (source || document.hidden) return;
    source = new EventSource("stream");
    source.onopen = () => say("on", "live");
    for (const section of sections) {
      source.addEventListener(section, (event) => show(section, JSON.parse(event.data)));
    }
    source.onerror = () => {
      say("off", "connection lost, trying again");
      // The browser tries again by itself, but not after a refusal.
      if (source.readyState === EventSource.CLOSED) {
        source = null;
        retry = setTimeout(follow, 15000);
      }
    };
  }

  // A page that nobody sees asks for nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && source) {
      source.close();
      source = null;
    } else {
      follow();
    }
  });

  const input = byID("filter");
  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of byID("nodes").querySelectorAll("tbody tr")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  }
  input.hidden = false;
  input.addEventListener("input", filter);

  function mark(node, on) {
    for (const element of document.querySelectorAll("[data-node]")) {
      if (element.dataset.node === node) element.classList.toggle("chosen", on);
    }
    document.body.classList.toggle("choosing", on);
  }
  function choose(event) {
    const element = event.target.closest ? event.target.closest("[data-node]") : null;
    const node = element ? element.dataset.node : null;
    if (node === chosen) return;
    if (chosen) mark(chosen, false);
    chosen = node;
    if (chosen) mark(chosen, true);
  }
  document.addEventListener("mouseover", choose);
  document.addEventListener("touchstart", choose, { passive: true });

  document.querySelector("form[action=trace]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const address = event.target.elements.address.value;
    const place = byID("trace");
    try {
      const answer = await fetch("trace?part=1&address=" + encodeURIComponent(address));
      place.innerHTML = await answer.text();
    } catch {
      place.textContent = "felt-web does not answer.";
    }
  });

  follow();
})();
